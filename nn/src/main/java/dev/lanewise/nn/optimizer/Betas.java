package dev.lanewise.nn.optimizer;

/** The decays of moving averages that rules are made of. */
final class Betas {
  private Betas() {}

  /** Checks two decays. */
  static void require(String rule, double beta1, double beta2) {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          rule + ": betas from 0 below 1, not " + beta1 + " and " + beta2);
    }
  }

  /** Checks one decay. */
  static void require(String rule, String attribute, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(rule + ": " + attribute + " from 0 below 1, not " + value);
    }
  }

  /** {@code 1 - beta^step}: what an average that started from zero falls short of by a factor. */
  static double correction(double beta, long step) {
    return 1 - StrictMath.pow(beta, (double) step);
  }
}
