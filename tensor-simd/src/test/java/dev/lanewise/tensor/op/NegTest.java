package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class NegTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(unary(new Neg(), Domain.normal(), Tolerance.EXACT, x -> -x).smooth());
  }
}
