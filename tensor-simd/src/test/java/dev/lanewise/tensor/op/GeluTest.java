package dev.lanewise.tensor.op;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class GeluTest extends OpContract {
  @Override
  List<OpCase> cases() {
    Gelu exact = new Gelu(Gelu.Form.EXACT);
    Gelu tanh = new Gelu(Gelu.Form.TANH);
    return List.of(
        unary(exact, Domain.normal(), Tolerance.ulps(16), GeluTest::exact).smooth(),
        unary(tanh, Domain.normal(), Tolerance.ulps(16), GeluTest::approximate).smooth(),
        binary(
                new Gelu.Grad(Gelu.Form.EXACT),
                Domain.awayFrom(-0.7517916243860719),
                Domain.normal(),
                Tolerance.ulps(32),
                (x, grad) -> grad * exactSlope(x))
            .smooth(),
        binary(
                new Gelu.Grad(Gelu.Form.TANH),
                Domain.awayFrom(-0.7524614220710162),
                Domain.normal(),
                Tolerance.ulps(32),
                (x, grad) -> grad * slope(x))
            .smooth());
  }

  private static double exact(double x) {
    return x < -800 ? -0.0 : x * NormalDistribution.below(x);
  }

  private static double exactSlope(double x) {
    double finite = Math.clamp(x, -800, 800);
    return NormalDistribution.below(finite) + finite * NormalDistribution.density(finite);
  }

  private static double approximate(double x) {
    return x < -800 ? -0.0 : x / (1 + Math.exp(-inner(x)));
  }

  private static double slope(double x) {
    double finite = Math.clamp(x, -800, 800);
    double s = 1 / (1 + Math.exp(-inner(finite)));
    double innerSlope = 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * finite * finite);
    return s + finite * s * (1 - s) * innerSlope;
  }

  /** {@code (1 + tanh(z)) / 2} is the logistic function of {@code 2 z}. */
  private static double inner(double x) {
    return 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
  }
}
