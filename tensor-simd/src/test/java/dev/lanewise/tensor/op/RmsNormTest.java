package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RmsNormTest extends OpContract {
  /** Far enough from zero that a row of one element has no steep slopes. */
  private static final double EPSILON = 0.25;

  @Override
  List<OpCase> cases() {
    return List.of(
        norm(-1, Normalized.rows(1, 1, 0))
            .rejects(
                "rmsNorm: [3] expected for operand 1: [2, 3] x [2]", Shape.of(2, 3), Shape.of(2)),
        norm(1, Normalized.rows(2, 1, 0)),
        norm(2, Normalized.blocks(1, 0)),
        grad(-1, Normalized.rows(1, 1, 1))
            .rejects(
                "rmsNormGrad: [3] expected for operand 1: [2, 3] x [2, 3] x [2, 3]",
                Shape.of(2, 3),
                Shape.of(2, 3),
                Shape.of(2, 3)),
        grad(1, Normalized.rows(2, 1, 1)),
        grad(2, Normalized.blocks(1, 1)));
  }

  private static OpCase norm(int axis, Shapes shapes) {
    return op(new RmsNorm(axis, EPSILON), Tolerance.sum(), shapes, Domain.normal(), Domain.normal())
        .gives(tuple -> tuple[0])
        .oracle((in, tuple) -> rows(in, tuple, axis).scaled(in[1], null))
        .magnitudes((in, tuple) -> rows(in, tuple, axis).scaledMagnitudes(in[1], null))
        .smooth();
  }

  private static OpCase grad(int axis, Shapes shapes) {
    return op(
            new RmsNorm.Grad(axis, EPSILON),
            Tolerance.sum(),
            shapes,
            Domain.normal(),
            Domain.normal(),
            Domain.normal())
        .gives(tuple -> tuple[0])
        .oracle((in, tuple) -> rows(in, tuple, axis).grad(in[1], in[2]))
        .magnitudes((in, tuple) -> rows(in, tuple, axis).gradMagnitudes(in[1], in[2]))
        .smooth();
  }

  private static Normalized rows(double[][] in, Shape[] tuple, int axis) {
    return new Normalized(in[0], tuple[0], axis, EPSILON, false);
  }

  @Test
  void dividesByTheRootOfTheMeanSquare() {
    try (Scope scope = Scope.open("test")) {
      float[] normal =
          new RmsNorm(-1, 0)
              .apply(scope.tensor(Shape.of(1, 2), 1f, 7), scope.tensor(Shape.of(2), 5f, 10))
              .toFloats();
      assertArrayEquals(new float[] {1, 14}, normal, 1e-6f);
    }
  }
}
