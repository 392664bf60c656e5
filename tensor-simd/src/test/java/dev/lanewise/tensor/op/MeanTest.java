package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.Arrays;
import java.util.List;

final class MeanTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        mean(any()),
        mean(any(), 0),
        mean(any(), -1),
        mean(any(), 0, 2).rejects("mean: axis 2 is out of range for rank 1: [4]", Shape.of(4)),
        mean(Reduced.images(), 2, 3),
        chunked(),
        chunked(1),
        of(Mean.over(new int[] {1}, true), any(), 1));
  }

  private static Shapes any() {
    return Shapes.of(e -> Shapes.tuple(Shape.of(e.next(), e.next(), e.next())));
  }

  private static OpCase mean(Shapes shapes, int... axes) {
    return of(Mean.over(axes, false), shapes, axes);
  }

  private static OpCase chunked(int... axes) {
    return of(Mean.over(axes, false), Tolerance.EXACT, Reduced.chunked(), Reduced.integers(), axes);
  }

  private static OpCase of(Mean mean, Shapes shapes, int... axes) {
    return of(mean, Tolerance.sum(), shapes, Domain.normal(), axes);
  }

  private static OpCase of(
      Mean mean, Tolerance tolerance, Shapes shapes, Domain domain, int... axes) {
    return op(mean, tolerance, shapes, domain)
        .oracle(
            (inputs, tuple) ->
                new double[][] {
                  Reduced.along(inputs[0], tuple[0], axes, x -> Arrays.stream(x).sum() / x.length)
                })
        .smooth();
  }
}
