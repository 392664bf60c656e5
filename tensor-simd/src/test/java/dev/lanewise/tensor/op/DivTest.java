package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class DivTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        binary(new Div(), Domain.normal(), Domain.awayFrom(0), Tolerance.EXACT, (x, y) -> x / y)
            .smooth());
  }
}
