package dev.lanewise.nn;

import java.time.Duration;
import java.util.Optional;

/**
 * What one epoch of training gave.
 *
 * @param number from one
 * @param training scores of the samples as they were trained on, the weights still moving
 * @param validation scores of the validation set after it, if there is one
 * @param time that training took, validation not included
 */
public record Epoch(int number, Scores training, Optional<Scores> validation, Duration time) {
  /** Training samples per second. */
  public double samplesPerSecond() {
    return training.samples() / (time.toNanos() / 1e9);
  }
}
