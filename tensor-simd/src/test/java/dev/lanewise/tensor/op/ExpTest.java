package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class ExpTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(unary(new Exp(), Domain.normal(), Tolerance.ulps(1), Math::exp).smooth());
  }
}
