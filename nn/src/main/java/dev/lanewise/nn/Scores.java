package dev.lanewise.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Loss and metrics over a number of samples.
 *
 * @param samples how many
 * @param values by name, {@code loss} first, then the metrics in the order of the model
 */
public record Scores(long samples, Map<String, Double> values) {
  /** Copies the values, in their order. */
  public Scores {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** The mean loss. */
  public double loss() {
    return value("loss");
  }

  /**
   * A value by name, such as {@code accuracy}.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public double value(String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("scores: no '" + name + "' among " + values.keySet());
    }
    return value;
  }

  /** Such as {@code loss 0.0412 accuracy 0.9871}. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(value -> String.format(Locale.ROOT, "%s %.4f", value.getKey(), value.getValue()))
        .collect(Collectors.joining(" "));
  }
}
