package dev.lanewise.nn.metric;

import dev.lanewise.tensor.Tensor;

/**
 * A number to judge a model by. Implementations are records of attributes.
 *
 * <p>A metric knows no masks: where a model's output has one, it is handed the places that count.
 */
public interface Metric {
  /** The name it is reported under, such as {@code accuracy}. */
  String name();

  /** Whether a model with more of it is better. */
  boolean higherIsBetter();

  /** A new count that starts from nothing. */
  Tally tally();

  /** A metric being gathered over batches. Belongs to one thread. */
  interface Tally {
    /**
     * Takes in a batch.
     *
     * @throws IllegalArgumentException if labels and prediction do not fit each other
     */
    void add(Tensor labels, Tensor prediction);

    /** The metric over all batches since the last reset; NaN if there were none. */
    double value();

    /** Starts from nothing again. */
    void reset();
  }
}
