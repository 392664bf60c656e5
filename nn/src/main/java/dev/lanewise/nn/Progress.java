package dev.lanewise.nn;

import java.time.Duration;

/**
 * Where an epoch stands after a step.
 *
 * @param epoch number from one
 * @param epochs how many there will be
 * @param step number from one
 * @param steps how many the epoch has
 * @param scores over the epoch's samples so far
 * @param time since the epoch began
 */
public record Progress(int epoch, int epochs, long step, long steps, Scores scores, Duration time) {
  /** Samples per second since the epoch began. */
  public double samplesPerSecond() {
    return scores.samples() / (time.toNanos() / 1e9);
  }

  /** Until the end of the epoch, at the speed so far. */
  public Duration timeLeft() {
    return time.multipliedBy(steps - step).dividedBy(Math.max(1, step));
  }
}
