package dev.lanewise.nn.optimizer;

/**
 * Half cosines one after the other (Loshchilov and Hutter 2017): {@code initial (alpha + (1 -
 * alpha) lower^period (1 + cos(pi progress)) / 2)}. Keras' {@code CosineDecayRestarts}.
 *
 * @param initial the first rate of the first period
 * @param steps length of the first period
 * @param longer how much longer each period is than the one before, at least 1
 * @param lower what the first rate is multiplied with from period to period
 * @param alpha the part of the first rate that is left at the end of a period
 */
public record CosineDecayRestarts(
    double initial, long steps, double longer, double lower, double alpha) implements Schedule {
  /** Checks the numbers. */
  public CosineDecayRestarts {
    Rates.require("cosineDecayRestarts", "initial", initial);
    Rates.requireSteps("cosineDecayRestarts", steps);
    Rates.require("cosineDecayRestarts", "lower", lower);
    Rates.require("cosineDecayRestarts", "alpha", alpha);
    if (!(longer >= 1 && longer < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "cosineDecayRestarts: longer at least 1 and finite, not " + longer);
    }
  }

  /** With Keras' other values: periods twice as long as the one before, the same first rate. */
  public static CosineDecayRestarts of(double initial, long steps) {
    return new CosineDecayRestarts(initial, steps, 2, 1, 0);
  }

  /** This schedule with other growth of the periods. */
  public CosineDecayRestarts longer(double other) {
    return new CosineDecayRestarts(initial, steps, other, lower, alpha);
  }

  /** This schedule with other first rates from the second period on. */
  public CosineDecayRestarts lower(double other) {
    return new CosineDecayRestarts(initial, steps, longer, other, alpha);
  }

  /** This schedule ending its periods at another part of the first rate. */
  public CosineDecayRestarts alpha(double other) {
    return new CosineDecayRestarts(initial, steps, longer, lower, other);
  }

  @Override
  public double rate(long step) {
    double length = steps;
    double left = step;
    double first = 1;
    if (longer == 1) {
      long period = step / steps;
      left = step % steps;
      first = StrictMath.pow(lower, (double) period);
    } else {
      for (; left >= length; length *= longer) {
        left -= length;
        first *= lower;
      }
    }
    return initial * (alpha + (1 - alpha) * first * Rates.cosine(1, 0, left / length));
  }
}
