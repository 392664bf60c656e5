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

final class ProdTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        prod(any(), Domain.range(0.5, 1.5)),
        prod(any(), Domain.range(0.5, 1.5), 0),
        prod(any(), Domain.range(0.5, 1.5), -1),
        prod(any(), withZeros(), 1)
            .rejects("prod: axis 1 is out of range for rank 1: [4]", Shape.of(4)),
        prod(any(), withZeros(), 0, 2),
        of(Prod.over(new int[] {1}, true), any(), Domain.range(0.5, 1.5), 1));
  }

  private static Shapes any() {
    return Shapes.of(e -> Shapes.tuple(Shape.of(e.next(), e.next(), e.next())))
        .large(Shape.of(40, 30, 90));
  }

  private static Domain withZeros() {
    return Domain.of(
        null,
        (random, shapes, input, values) ->
            Arrays.setAll(values, i -> random.nextInt(3) == 0 ? 0 : random.nextGaussian()));
  }

  private static OpCase prod(Shapes shapes, Domain domain, int... axes) {
    return of(Prod.over(axes, false), shapes, domain, axes);
  }

  private static OpCase of(Prod prod, Shapes shapes, Domain domain, int... axes) {
    return op(prod, Tolerance.ulps(200), shapes, domain)
        .oracle(
            (inputs, tuple) ->
                new double[][] {
                  Reduced.along(
                      inputs[0], tuple[0], axes, x -> Arrays.stream(x).reduce(1, (a, b) -> a * b))
                })
        .smooth();
  }

  @Test
  void hasTheRightGradientAtZeros() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.tensor(Shape.of(3, 3), 2d, 3, 4, 2, 0, 4, 0, 5, 0).tracked();
      Tensor y = Prod.over(new int[] {1}, false).apply(x);
      assertArrayEquals(
          new double[] {12, 8, 6, 0, 8, 0, 0, 0, 0}, Gradients.of(y.sum()).get(x).toDoubles());
    }
  }
}
