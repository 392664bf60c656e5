package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Tensor;

/**
 * {@code l1 * sum(|w|) + l2 * sum(w^2)} (Zou and Hastie 2005). Keras' {@code L1L2}.
 *
 * @param l1 what a unit of the first sum costs, not negative
 * @param l2 what a unit of the second sum costs, not negative
 */
public record L1L2(double l1, double l2) implements Regularizer {
  /** Checks the factors. */
  public L1L2 {
    require("l1L2", l1);
    require("l1L2", l2);
  }

  /** At these prices. */
  public static L1L2 of(double l1, double l2) {
    return new L1L2(l1, l2);
  }

  static void require(String name, double factor) {
    if (!(factor >= 0 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + ": a factor of 0 or more, not " + factor);
    }
  }

  @Override
  public Tensor penalty(Tensor weight) {
    return new L1(l1).penalty(weight).add(new L2(l2).penalty(weight));
  }
}
