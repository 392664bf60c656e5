package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Tensor;

/** A price on a weight's values that is added to the loss, as Keras' regularizers are. */
@FunctionalInterface
public interface Regularizer {
  /** The price of these values, a tracked scalar in their scope. */
  Tensor penalty(Tensor weight);
}
