package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class SubTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        binary(new Sub(), Domain.normal(), Domain.normal(), Tolerance.EXACT, (x, y) -> x - y)
            .smooth());
  }
}
