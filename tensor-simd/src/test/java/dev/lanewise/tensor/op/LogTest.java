package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class LogTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(unary(new Log(), Domain.positive(), Tolerance.ulps(1), Math::log).smooth());
  }
}
