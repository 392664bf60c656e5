package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class AbsTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(unary(new Abs(), Domain.awayFrom(0), Tolerance.EXACT, Math::abs).smooth());
  }
}
