package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Tensor;

/**
 * {@code factor * sum(w^2)}, which keeps weights small (Hoerl and Kennard 1970). Keras' {@code L2}.
 *
 * @param factor what a unit costs, not negative
 */
public record L2(double factor) implements Regularizer {
  /** Checks the factor. */
  public L2 {
    L1L2.require("l2", factor);
  }

  /** At this price. */
  public static L2 of(double factor) {
    return new L2(factor);
  }

  @Override
  public Tensor penalty(Tensor weight) {
    return weight.square().sum().mul(factor);
  }
}
