package dev.lanewise.tensor.op;

/** The standard normal distribution and the error function, for oracles: slow and accurate. */
final class NormalDistribution {
  private NormalDistribution() {}

  static double density(double x) {
    double square = x * x;
    double rest = Double.isInfinite(square) ? 0 : Math.fma(x, x, -square);
    return Math.exp(-square / 2) * (1 - rest / 2) / Math.sqrt(2 * Math.PI);
  }

  /** The probability of a number below {@code x}. */
  static double below(double x) {
    if (x > 1) {
      return 1 - below(-x);
    }
    if (x < -1) {
      // The continued fraction of Laplace, from the far end.
      double fraction = 0;
      for (int k = 400; k > 0; k--) {
        fraction = k / (fraction - x);
      }
      return density(x) / (fraction - x);
    }
    return 0.5 + density(x) * series(x, 1);
  }

  static double erf(double x) {
    return Math.abs(x) > 1
        ? 2 * below(x * Math.sqrt(2)) - 1
        : 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * series(x, 2);
  }

  /** {@code x + a x^3 / 3 + a^2 x^5 / (3 * 5) + ...}: all terms have one sign. */
  private static double series(double x, double a) {
    double sum = 0;
    double term = x;
    for (int k = 0; k < 60; k++) {
      sum += term;
      term *= a * x * x / (2 * k + 3);
    }
    return sum;
  }
}
