package dev.lanewise.nn.optimizer;

/**
 * {@code initial * factor^(step / steps)}. Keras' {@code ExponentialDecay}; as a staircase
 * PyTorch's {@code StepLR}.
 *
 * @param initial the first rate
 * @param steps after so many the rate has shrunk by the factor
 * @param factor at least zero
 * @param staircase whether the quotient is rounded down, so that the rate falls in steps
 */
public record ExponentialDecay(double initial, long steps, double factor, boolean staircase)
    implements Schedule {
  /** Checks the numbers. */
  public ExponentialDecay {
    Rates.require("exponentialDecay", "initial", initial);
    Rates.requireSteps("exponentialDecay", steps);
    Rates.require("exponentialDecay", "factor", factor);
  }

  /** Falling smoothly. */
  public static ExponentialDecay of(double initial, long steps, double factor) {
    return new ExponentialDecay(initial, steps, factor, false);
  }

  /** This schedule falling in steps or smoothly. */
  public ExponentialDecay staircase(boolean wanted) {
    return new ExponentialDecay(initial, steps, factor, wanted);
  }

  @Override
  public double rate(long step) {
    double time = (double) step / steps;
    return initial * StrictMath.pow(factor, staircase ? Math.floor(time) : time);
  }
}
