package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class CosTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(unary(new Cos(), Domain.normal(), Tolerance.ulps(2), Math::cos).smooth());
  }
}
