package dev.lanewise.tensor.graph;

import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;

/**
 * A value of a graph: an input, a constant, or what a node computes. Compared by identity.
 *
 * <p>Its spec holds the layout over the memory it lives in, which for a view is another value's.
 */
public final class Value {
  private final Spec spec;
  private final Tensor constant;

  private Value(Spec spec, Tensor constant) {
    this.spec = spec;
    this.constant = constant;
  }

  /** An input or a computed value. */
  static Value of(Spec spec) {
    return new Value(spec, null);
  }

  /** A value that is the same in every run. */
  static Value constant(Tensor tensor) {
    return new Value(tensor.spec(), tensor);
  }

  /** Type, shape and layout. */
  public Spec spec() {
    return spec;
  }

  /** Whether it is the same in every run. */
  public boolean isConstant() {
    return constant != null;
  }

  /** The tensor of a constant, null for others. */
  Tensor tensor() {
    return constant;
  }

  @Override
  public String toString() {
    return (constant == null ? "" : "constant ") + spec;
  }
}
