package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SumTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        sum(any())
            .rejects(
                "sum: f32 or f64 expected, not i32: cast first: [2]",
                Spec.of(DType.I32, Shape.of(2))),
        sum(any(), 0),
        sum(any(), 1),
        sum(any(), -1),
        sum(any(), 0, 2),
        sum(any(), 2, 1).rejects("sum: axis 2 is out of range for rank 2: [4, 5]", Shape.of(4, 5)),
        sum(any(), 0, -2).rejects("sum: axis 0 is named twice in [0, -2]: [4, 5]", Shape.of(4, 5)),
        sum(Reduced.images(), 0, 2, 3),
        sum(Reduced.images(), 1),
        sum(Reduced.images(), 0, 1),
        chunked(),
        chunked(0),
        chunked(1),
        chunked(0, 2),
        chunked(0, 1),
        keeping(0, 2),
        keeping());
  }

  private static Shapes any() {
    return Shapes.of(e -> Shapes.tuple(Shape.of(e.next(), e.next(), e.next())));
  }

  private static OpCase sum(Shapes shapes, int... axes) {
    return of(Sum.over(axes, false), shapes, axes);
  }

  private static OpCase keeping(int... axes) {
    return of(Sum.over(axes, true), any(), axes);
  }

  private static OpCase chunked(int... axes) {
    return of(Sum.over(axes, false), Tolerance.EXACT, Reduced.chunked(), Reduced.integers(), axes);
  }

  private static OpCase of(Sum sum, Shapes shapes, int... axes) {
    return of(sum, Tolerance.sum(), shapes, Domain.normal(), axes);
  }

  private static OpCase of(
      Sum sum, Tolerance tolerance, Shapes shapes, Domain domain, int... axes) {
    return op(sum, tolerance, shapes, domain)
        .oracle(
            (inputs, tuple) ->
                new double[][] {
                  Reduced.along(inputs[0], tuple[0], axes, x -> Arrays.stream(x).sum())
                })
        .smooth();
  }

  @Test
  void errorDoesNotGrowWithTheNumberOfTerms() {
    try (Scope scope = Scope.open("test")) {
      for (Shape shape : List.of(Shape.of(1 << 20), Shape.of(1 << 16, 16))) {
        Tensor x = scope.uniform(shape);
        double[] expected =
            Reduced.along(
                x.cast(DType.F64).toDoubles(), shape, new int[] {0}, t -> Arrays.stream(t).sum());
        float[] actual = x.sum(0).toFloats();
        for (int i = 0; i < actual.length; i++) {
          String place = shape + " element " + i;
          assertTrue(Tolerance.sum().allows(DType.F32, expected[i], actual[i], expected[i]), place);
        }
      }
    }
  }
}
