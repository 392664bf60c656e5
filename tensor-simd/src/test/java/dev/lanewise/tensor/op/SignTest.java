package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class SignTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(new Sign(), Domain.awayFrom(0), Tolerance.EXACT, x -> x > 0 ? 1 : x < 0 ? -1 : x)
            .withoutGradient("the output is a step, flat on both sides"));
  }
}
