package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LayerNormTest extends OpContract {
  /** Far enough from zero that a row of one element has no steep slopes. */
  private static final double EPSILON = 0.25;

  @Override
  List<OpCase> cases() {
    return List.of(
        norm(-1, EPSILON, Normalized.rows(1, 2, 0))
            .rejects(
                "layerNorm: [3] expected for operand 2: [2, 3] x [3] x [2]",
                Shape.of(2, 3),
                Shape.of(3),
                Shape.of(2))
            .rejects(
                "layerNorm: axis -1 is out of range for rank 0: []",
                Shape.scalar(),
                Shape.scalar(),
                Shape.scalar()),
        norm(1, EPSILON, Normalized.rows(2, 2, 0)),
        norm(0, EPSILON, Normalized.rows(3, 2, 0)),
        norm(2, EPSILON, Normalized.blocks(2, 0)),
        grad(-1, Normalized.rows(1, 1, 1))
            .rejects(
                "layerNormGrad: [2, 3] expected for operand 2: [2, 3] x [3] x [3]",
                Shape.of(2, 3),
                Shape.of(3),
                Shape.of(3)),
        grad(1, Normalized.rows(2, 1, 1)),
        grad(2, Normalized.blocks(1, 1)));
  }

  private static OpCase norm(int axis, double epsilon, Shapes shapes) {
    return op(
            new LayerNorm(axis, epsilon),
            Tolerance.sum(),
            shapes,
            Domain.normal(),
            Domain.normal(),
            Domain.normal())
        .gives(tuple -> tuple[0])
        .oracle((in, tuple) -> rows(in, tuple, axis, epsilon).scaled(in[1], in[2]))
        .magnitudes((in, tuple) -> rows(in, tuple, axis, epsilon).scaledMagnitudes(in[1], in[2]))
        .smooth();
  }

  private static OpCase grad(int axis, Shapes shapes) {
    return op(
            new LayerNorm.Grad(axis, EPSILON),
            Tolerance.sum(),
            shapes,
            Domain.normal(),
            Domain.normal(),
            Domain.normal())
        .gives(tuple -> tuple[0])
        .oracle((in, tuple) -> rows(in, tuple, axis, EPSILON).grad(in[1], in[2]))
        .magnitudes((in, tuple) -> rows(in, tuple, axis, EPSILON).gradMagnitudes(in[1], in[2]))
        .smooth();
  }

  private static Normalized rows(double[][] in, Shape[] tuple, int axis, double epsilon) {
    return new Normalized(in[0], tuple[0], axis, epsilon, true);
  }

  /** A variance from a sum of squares would be lost in rounding here. */
  @Test
  void survivesAGreatMean() {
    try (Scope scope = Scope.open("test")) {
      float[] normal =
          new LayerNorm(-1, 0)
              .apply(
                  scope.tensor(Shape.of(1, 4), 99_999f, 100_001, 99_999, 100_001),
                  scope.tensor(Shape.of(4), 1f, 1, 1, 2),
                  scope.tensor(Shape.of(4), 0f, 0, 10, 10))
              .toFloats();
      assertArrayEquals(new float[] {-1, 1, 9, 12}, normal);
    }
  }
}
