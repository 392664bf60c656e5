package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class TanhTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(new Tanh(), Domain.normal(), Tolerance.ulps(3), Math::tanh).smooth(),
        binary(
                new Tanh.Grad(),
                Domain.range(-0.95, 0.95),
                Domain.normal(),
                Tolerance.ulps(4),
                (y, grad) -> grad * (1 - y) * (1 + y))
            .smooth());
  }
}
