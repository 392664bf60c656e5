package dev.lanewise.nn.optimizer;

/**
 * From {@code initial} to {@code alpha * initial} along half a cosine (Loshchilov and Hutter 2017),
 * then staying there: {@code initial ((1 - alpha) (1 + cos(pi step / steps)) / 2 + alpha)}. Keras'
 * {@code CosineDecay}; with {@link #warmUp} its warm-up too.
 *
 * @param initial the first rate
 * @param steps until the end
 * @param alpha the part of the first rate that is left in the end
 */
public record CosineDecay(double initial, long steps, double alpha) implements Schedule {
  /** Checks the numbers. */
  public CosineDecay {
    Rates.require("cosineDecay", "initial", initial);
    Rates.requireSteps("cosineDecay", steps);
    Rates.require("cosineDecay", "alpha", alpha);
  }

  /** To zero. */
  public static CosineDecay of(double initial, long steps) {
    return new CosineDecay(initial, steps, 0);
  }

  /** This schedule ending at another part of the first rate. */
  public CosineDecay alpha(double other) {
    return new CosineDecay(initial, steps, other);
  }

  @Override
  public double rate(long step) {
    return Rates.cosine(initial, alpha * initial, (double) Math.min(step, steps) / steps);
  }
}
