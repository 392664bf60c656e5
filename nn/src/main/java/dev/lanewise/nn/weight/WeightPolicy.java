package dev.lanewise.nn.weight;

import java.util.Objects;

/**
 * How a layer treats one of its weights: how it begins, what it costs, what it is held to.
 *
 * @param initializer makes the first value
 * @param regularizer the price on its values, or null for none
 * @param constraint what it is brought back to after each update, or null for none
 */
public record WeightPolicy(
    Initializer initializer, Regularizer regularizer, Constraint constraint) {
  /** Checks that there is an initialiser. */
  public WeightPolicy {
    Objects.requireNonNull(initializer, "initializer");
  }

  /** A weight that is free. */
  public static WeightPolicy of(Initializer initializer) {
    return new WeightPolicy(initializer, null, null);
  }

  /** This policy with another initialiser. */
  public WeightPolicy initializer(Initializer other) {
    return new WeightPolicy(other, regularizer, constraint);
  }

  /** This policy with another price. */
  public WeightPolicy regularizer(Regularizer other) {
    return new WeightPolicy(initializer, other, constraint);
  }

  /** This policy with another constraint. */
  public WeightPolicy constraint(Constraint other) {
    return new WeightPolicy(initializer, regularizer, other);
  }
}
