package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Tensor;

/** What a weight is brought back to after each update, as Keras' constraints do. */
@FunctionalInterface
public interface Constraint {
  /** The nearest allowed values, in the scope of these. */
  Tensor apply(Tensor weight);
}
