package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class TiesTest extends OpContract {
  @Override
  List<OpCase> cases() {
    Domain few =
        Domain.of(
            null,
            (random, shapes, input, values) ->
                java.util.Arrays.setAll(values, i -> random.nextInt(3)));
    return List.of(
        binary(new Ties(), few, few, Tolerance.EXACT, (x, y) -> x == y ? 1 : 0)
            .withoutGradient("the output is a mask")
            .rejects("ties: shapes do not broadcast: [2] x [3]", Shape.of(2), Shape.of(3)));
  }
}
