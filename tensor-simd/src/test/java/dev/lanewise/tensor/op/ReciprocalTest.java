package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class ReciprocalTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(new Reciprocal(), Domain.awayFrom(0), Tolerance.EXACT, x -> 1 / x).smooth());
  }
}
