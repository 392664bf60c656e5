package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class SquareTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(unary(new Square(), Domain.normal(), Tolerance.EXACT, x -> x * x).smooth());
  }
}
