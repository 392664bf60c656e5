package dev.lanewise.nn.optimizer;

/** What schedules demand of their attributes. */
final class Rates {
  private Rates() {}

  /** Checks that a rate, or what becomes one, is finite and not negative. */
  static void require(String schedule, String attribute, double rate) {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          schedule + ": " + attribute + " at least 0 and finite, not " + rate);
    }
  }

  /** Checks a number of steps. */
  static void requireSteps(String schedule, long steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(schedule + ": at least one step, not " + steps);
    }
  }

  /** From {@code from} to {@code to} along half a cosine, {@code progress} from 0 to 1. */
  static double cosine(double from, double to, double progress) {
    return to + (from - to) * 0.5 * (1 + StrictMath.cos(Math.PI * progress));
  }

  /** From {@code from} to {@code to} in a line, {@code progress} from 0 to 1. */
  static double line(double from, double to, double progress) {
    return from + (to - from) * progress;
  }
}
