package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class RsqrtTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(new Rsqrt(), Domain.positive(), Tolerance.ulps(2), x -> 1 / Math.sqrt(x)).smooth());
  }
}
