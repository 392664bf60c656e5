package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Ops;

/**
 * {@code factor * sum(|w|)}, which drives weights to zero (Tibshirani 1996). Keras' {@code L1}.
 *
 * @param factor what a unit costs, not negative
 */
public record L1(double factor) implements Regularizer {
  /** Checks the factor. */
  public L1 {
    L1L2.require("l1", factor);
  }

  /** At this price. */
  public static L1 of(double factor) {
    return new L1(factor);
  }

  @Override
  public Tensor penalty(Tensor weight) {
    return weight.apply(Ops.ABS).sum().mul(factor);
  }
}
