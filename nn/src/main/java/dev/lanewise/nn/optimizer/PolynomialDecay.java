package dev.lanewise.nn.optimizer;

/**
 * {@code (initial - end) (1 - step / steps)^power + end}, {@code end} after {@code steps}. Keras'
 * {@code PolynomialDecay}.
 *
 * @param initial the first rate
 * @param steps until the end
 * @param end the last rate
 * @param power 1 for a line
 * @param cycle whether, past its end, the decay is stretched to the next multiple of {@code steps},
 *     so that the rate jumps up and falls again
 */
public record PolynomialDecay(double initial, long steps, double end, double power, boolean cycle)
    implements Schedule {
  /** Checks the numbers. */
  public PolynomialDecay {
    Rates.require("polynomialDecay", "initial", initial);
    Rates.requireSteps("polynomialDecay", steps);
    Rates.require("polynomialDecay", "end", end);
    Rates.require("polynomialDecay", "power", power);
  }

  /** In a line to Keras' default, 0.0001. */
  public static PolynomialDecay of(double initial, long steps) {
    return new PolynomialDecay(initial, steps, 1e-4, 1, false);
  }

  /** This schedule to another last rate. */
  public PolynomialDecay end(double other) {
    return new PolynomialDecay(initial, steps, other, power, cycle);
  }

  /** This schedule with another power. */
  public PolynomialDecay power(double other) {
    return new PolynomialDecay(initial, steps, end, other, cycle);
  }

  /** This schedule beginning again past its end, or staying there. */
  public PolynomialDecay cycle(boolean wanted) {
    return new PolynomialDecay(initial, steps, end, power, wanted);
  }

  @Override
  public double rate(long step) {
    long length = cycle ? steps * Math.max(1, Math.ceilDiv(step, steps)) : steps;
    double left = 1 - (double) Math.min(step, length) / length;
    return (initial - end) * StrictMath.pow(left, power) + end;
  }
}
