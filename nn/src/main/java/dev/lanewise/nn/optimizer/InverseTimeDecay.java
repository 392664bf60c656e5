package dev.lanewise.nn.optimizer;

/**
 * {@code initial / (1 + decay * step / steps)}. Keras' {@code InverseTimeDecay}.
 *
 * @param initial the first rate
 * @param steps the unit of time
 * @param decay how much the divisor grows in it
 * @param staircase whether the quotient of steps is rounded down
 */
public record InverseTimeDecay(double initial, long steps, double decay, boolean staircase)
    implements Schedule {
  /** Checks the numbers. */
  public InverseTimeDecay {
    Rates.require("inverseTimeDecay", "initial", initial);
    Rates.requireSteps("inverseTimeDecay", steps);
    Rates.require("inverseTimeDecay", "decay", decay);
  }

  /** Falling smoothly. */
  public static InverseTimeDecay of(double initial, long steps, double decay) {
    return new InverseTimeDecay(initial, steps, decay, false);
  }

  /** This schedule falling in steps or smoothly. */
  public InverseTimeDecay staircase(boolean wanted) {
    return new InverseTimeDecay(initial, steps, decay, wanted);
  }

  @Override
  public double rate(long step) {
    double time = (double) step / steps;
    return initial / (1 + decay * (staircase ? Math.floor(time) : time));
  }
}
