package dev.lanewise.nn;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one epoch of training gave.
 *
 * @param number from one
 * @param training scores of the samples as they were trained on, the weights still moving
 * @param validation scores of the validation set after it, if there is one
 * @param rate the learning rate of its last step
 * @param time that training took, validation not included
 */
public record Epoch(
    int number, Scores training, Optional<Scores> validation, double rate, Duration time) {
  /** What a value of the validation set is prefixed with. */
  static final String VALIDATION = "val_";

  /** Training samples per second. */
  public double samplesPerSecond() {
    return training.samples() / (time.toNanos() / 1e9);
  }

  /**
   * All numbers under their names in Keras: {@code loss}, {@code accuracy}, {@code val_loss},
   * {@code val_accuracy}, {@code learning_rate}.
   */
  public Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>(training.values());
    validation.ifPresent(
        scores -> scores.values().forEach((name, value) -> values.put(VALIDATION + name, value)));
    values.put("learning_rate", rate);
    return Collections.unmodifiableMap(values);
  }

  /**
   * One of {@link #values}.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public double value(String name) {
    Double value = values().get(name);
    if (value == null) {
      throw new IllegalArgumentException("epoch: no '" + name + "' among " + values().keySet());
    }
    return value;
  }
}
