package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class SeluTest extends OpContract {
  private static final double SCALE = 1.0507009873554805;
  private static final double ALPHA = 1.6732632423543772;

  @Override
  List<OpCase> cases() {
    return List.of(
        unary(
                new Selu(),
                Domain.awayFrom(0),
                Tolerance.ulps(4),
                x -> SCALE * (x < 0 ? ALPHA * Math.expm1(x) : x))
            .smooth(),
        binary(
                new Selu.Grad(),
                Domain.awayFrom(0, -SCALE * ALPHA),
                Domain.normal(),
                Tolerance.ulps(8),
                (y, grad) -> grad * (y > 0 ? SCALE : y + SCALE * ALPHA))
            .smooth());
  }
}
