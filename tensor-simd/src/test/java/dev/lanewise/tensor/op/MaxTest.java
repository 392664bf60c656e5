package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.Tolerance;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MaxTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        max(Reduced.notEmpty()),
        max(Reduced.notEmpty(), 0),
        max(Reduced.notEmpty(), 1),
        max(Reduced.notEmpty(), -1)
            .rejects("max: no elements along axes [-1]: [3, 0]", Shape.of(3, 0)),
        max(Reduced.notEmpty(), 0, 2),
        max(Reduced.images(), 2, 3),
        max(Reduced.chunked()),
        max(Reduced.chunked(), 1),
        of(Max.over(new int[] {2, 0}, true), Reduced.notEmpty(), 0, 2));
  }

  private static OpCase max(Shapes shapes, int... axes) {
    return of(Max.over(axes, false), shapes, axes);
  }

  private static OpCase of(Max max, Shapes shapes, int... axes) {
    return op(max, Tolerance.EXACT, shapes, Domain.distinct())
        .oracle(
            (inputs, tuple) ->
                new double[][] {
                  Reduced.along(
                      inputs[0],
                      tuple[0],
                      axes,
                      x -> Arrays.stream(x).reduce(Double.NEGATIVE_INFINITY, Math::max))
                })
        .smooth();
  }

  @Test
  void sharesItsGradientAmongTies() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.tensor(Shape.of(2, 3), 2, 1, 2, 7d, 7, 7).tracked();
      Tensor y = x.max(1).mul(scope.tensor(Shape.of(2), 3d, 6));
      double[] shares = {1.5, 0, 1.5, 2, 2, 2};
      assertArrayEquals(shares, Gradients.of(y.sum()).get(x).toDoubles());
    }
  }

  @Test
  void isNanWhereAnElementIs() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.tensor(Shape.of(2, 2), 1, Double.NaN, 3, 2);
      assertArrayEquals(new double[] {Double.NaN, 3}, x.max(1).toDoubles());
    }
  }
}
