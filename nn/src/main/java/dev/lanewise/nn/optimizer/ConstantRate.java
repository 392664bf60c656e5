package dev.lanewise.nn.optimizer;

/**
 * The same rate in every step.
 *
 * @param rate the rate, at least zero
 */
public record ConstantRate(double rate) implements Schedule {
  /** Checks the rate. */
  public ConstantRate {
    Rates.require("constantRate", "rate", rate);
  }

  @Override
  public double rate(long step) {
    return rate;
  }
}
