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

final class MinTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        min(Reduced.notEmpty()),
        min(Reduced.notEmpty(), 0),
        min(Reduced.notEmpty(), 1),
        min(Reduced.notEmpty(), -1)
            .rejects("min: no elements along axes [-1]: [3, 0]", Shape.of(3, 0)),
        min(Reduced.notEmpty(), 0, 2),
        min(Reduced.images(), 2, 3),
        min(Reduced.chunked()),
        min(Reduced.chunked(), 1),
        of(Min.over(new int[] {2, 0}, true), Reduced.notEmpty(), 0, 2));
  }

  private static OpCase min(Shapes shapes, int... axes) {
    return of(Min.over(axes, false), shapes, axes);
  }

  private static OpCase of(Min min, Shapes shapes, int... axes) {
    return op(min, Tolerance.EXACT, shapes, Domain.distinct())
        .oracle(
            (inputs, tuple) ->
                new double[][] {
                  Reduced.along(
                      inputs[0],
                      tuple[0],
                      axes,
                      x -> Arrays.stream(x).reduce(Double.POSITIVE_INFINITY, Math::min))
                })
        .smooth();
  }

  @Test
  void sharesItsGradientAmongTies() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.tensor(Shape.of(2, 3), 2, 1, 2, 7d, 7, 7).tracked();
      Tensor y = x.min(1).mul(scope.tensor(Shape.of(2), 3d, 6));
      double[] shares = {0, 3, 0, 2, 2, 2};
      assertArrayEquals(shares, Gradients.of(y.sum()).get(x).toDoubles());
    }
  }

  @Test
  void isNanWhereAnElementIs() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.tensor(Shape.of(2, 2), 1, Double.NaN, 3, 2);
      assertArrayEquals(new double[] {Double.NaN, 2}, x.min(1).toDoubles());
    }
  }
}
