package dev.lanewise.nn.optimizer;

/**
 * A schedule behind a start in which the rate grows in a line to where that schedule begins (Goyal
 * et al. 2017): {@code from + (then(0) - from) step / steps}, then {@code then(step - steps)}.
 *
 * @param then what follows, from its own step zero
 * @param steps length of the start
 * @param from the first rate
 */
public record WarmUp(Schedule then, long steps, double from) implements Schedule {
  /** Checks the numbers. */
  public WarmUp {
    Rates.requireSteps("warmUp", steps);
    Rates.require("warmUp", "from", from);
  }

  /** This start from another rate than zero. */
  public WarmUp from(double other) {
    return new WarmUp(then, steps, other);
  }

  @Override
  public double rate(long step) {
    return step < steps
        ? Rates.line(from, then.rate(0), (double) step / steps)
        : then.rate(step - steps);
  }
}
