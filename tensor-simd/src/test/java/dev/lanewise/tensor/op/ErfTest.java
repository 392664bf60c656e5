package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class ErfTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(new Erf(), Domain.normal(), Tolerance.ulps(4), NormalDistribution::erf).smooth());
  }
}
