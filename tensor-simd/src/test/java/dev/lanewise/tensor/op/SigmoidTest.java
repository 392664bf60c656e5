package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class SigmoidTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(new Sigmoid(), Domain.normal(), Tolerance.ulps(3), x -> 1 / (1 + Math.exp(-x)))
            .smooth(),
        binary(
                new Sigmoid.Grad(),
                Domain.range(0.05, 0.95),
                Domain.normal(),
                Tolerance.ulps(3),
                (y, grad) -> grad * y * (1 - y))
            .smooth());
  }
}
