package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArgMaxTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        argMax(new ArgMax(0, false), Reduced.notEmpty()),
        argMax(new ArgMax(1, true), Reduced.notEmpty())
            .rejects("argMax: no elements along axes [1]: [3, 0]", Shape.of(3, 0))
            .rejects("argMax: axis 1 is out of range for rank 1: [4]", Shape.of(4)),
        argMax(new ArgMax(-1, false), Reduced.notEmpty()),
        argMax(new ArgMax(1, false), Reduced.images()));
  }

  private static OpCase argMax(ArgMax op, Shapes shapes) {
    return op(op, Tolerance.EXACT, shapes, Domain.distinct())
        .oracle(
            (inputs, tuple) ->
                new double[][] {
                  Reduced.along(inputs[0], tuple[0], new int[] {op.axis()}, ArgMaxTest::first)
                })
        .withoutGradient("the output is an index, which jumps");
  }

  private static double first(double[] line) {
    int greatest = 0;
    for (int i = 1; i < line.length; i++) {
      boolean greater = line[i] > line[greatest] || Double.isNaN(line[i]);
      greatest = greater && !Double.isNaN(line[greatest]) ? i : greatest;
    }
    return greatest;
  }

  @Test
  void isTheFirstOfEqualsAndOfNans() {
    try (Scope scope = Scope.open("test")) {
      double nan = Double.NaN;
      Tensor x = scope.tensor(Shape.of(3, 4), 1, 5, 5, 2, 9, nan, 3, nan, 0.0, -0.0, -1, -2);
      assertArrayEquals(new long[] {1, 1, 0}, x.argmax(1).toLongs());
    }
  }
}
