package dev.lanewise.nn.inspect;

import dev.lanewise.tensor.Tensor;
import java.util.List;

/**
 * How much of a score each value of the input accounts for.
 *
 * @param values of the input's shape {@code [n, ...]}, positive where a value speaks for the class
 * @param rises of each sample: its score less that of the baseline, what its values should add up
 *     to
 */
public record Attribution(Tensor values, List<Double> rises) {
  /** Copies the list. */
  public Attribution {
    rises = List.copyOf(rises);
  }

  /**
   * Of each sample what its values add up to less what they should: near zero if there were steps
   * enough.
   */
  public double[] gaps() {
    double[] gaps = new double[rises.size()];
    int size = Math.toIntExact(values.size() / Math.max(1, gaps.length));
    Tensor rows = values.reshape(gaps.length, size);
    for (int i = 0; i < gaps.length; i++) {
      double sum = 0;
      for (int j = 0; j < size; j++) {
        sum += rows.value(i, j);
      }
      gaps[i] = sum - rises.get(i);
    }
    return gaps;
  }
}
