package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class SinTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(unary(new Sin(), Domain.normal(), Tolerance.ulps(2), Math::sin).smooth());
  }
}
