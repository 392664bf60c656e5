package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Tensor;

/** Negative weights become zero. Keras' {@code NonNeg}. */
public record NonNegative() implements Constraint {
  /** The constraint. */
  public static NonNegative of() {
    return new NonNegative();
  }

  @Override
  public Tensor apply(Tensor weight) {
    return weight.relu();
  }
}
