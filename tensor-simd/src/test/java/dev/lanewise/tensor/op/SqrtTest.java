package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class SqrtTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(unary(new Sqrt(), Domain.positive(), Tolerance.EXACT, Math::sqrt).smooth());
  }
}
