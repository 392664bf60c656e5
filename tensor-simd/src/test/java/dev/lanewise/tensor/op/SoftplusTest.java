package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class SoftplusTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(
                new Softplus(),
                Domain.normal(),
                Tolerance.ulps(4),
                x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))))
            .smooth(),
        binary(
                new Softplus.Grad(),
                Domain.normal(),
                Domain.normal(),
                Tolerance.ulps(4),
                (x, grad) -> grad / (1 + Math.exp(-x)))
            .smooth());
  }
}
