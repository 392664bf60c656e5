package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class LeakyReluTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(new LeakyRelu(0.25), Domain.awayFrom(0), Tolerance.EXACT, x -> x < 0 ? 0.25 * x : x)
            .smooth(),
        binary(
                new LeakyRelu.Grad(0.25),
                Domain.awayFrom(0),
                Domain.normal(),
                Tolerance.EXACT,
                (x, grad) -> x > 0 ? grad : 0.25 * grad)
            .smooth());
  }
}
