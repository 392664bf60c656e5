package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class SiluTest extends OpContract {
  /** Where the slope is zero. */
  private static final double ROOT = -1.278464542761074;

  @Override
  List<OpCase> cases() {
    return List.of(
        unary(new Silu(), Domain.normal(), Tolerance.ulps(4), SiluTest::silu).smooth(),
        binary(
                new Silu.Grad(),
                Domain.awayFrom(ROOT),
                Domain.normal(),
                Tolerance.ulps(32),
                (x, grad) -> grad * slope(x))
            .smooth());
  }

  private static double silu(double x) {
    return x < -800 ? -0.0 : x / (1 + Math.exp(-x));
  }

  private static double slope(double x) {
    double finite = Math.clamp(x, -800, 800);
    double s = 1 / (1 + Math.exp(-finite));
    return s * (1 + finite * (1 - s));
  }
}
