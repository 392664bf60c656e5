package dev.lanewise.nn.optimizer;

/**
 * The learning rate as a function of the step. Implementations are records of attributes and have
 * no state, so a run that is resumed goes on where it was.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * The learning rate of a step.
   *
   * @param step its number, from zero: how many updates were made before it
   */
  double rate(long step);

  /** The same rate in every step. */
  static Schedule constant(double rate) {
    return new ConstantRate(rate);
  }

  /** This schedule after so many steps in which the rate grows in a line from zero. */
  default WarmUp warmUp(long steps) {
    return new WarmUp(this, steps, 0);
  }
}
