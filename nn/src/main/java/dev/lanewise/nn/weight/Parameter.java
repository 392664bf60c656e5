package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Tensor;

/**
 * A named tensor of a network that training changes.
 *
 * <p>Whoever writes into the tensor says so with {@link #changed}, so that what was compiled from
 * the old values is made anew.
 */
public final class Parameter {
  private final String name;
  private final Tensor tensor;
  private long changes;

  /** A parameter over a tensor of f32 or f64. */
  public Parameter(String name, Tensor tensor) {
    this.name = name;
    this.tensor = tensor.tracked();
  }

  /** The full name, such as {@code conv2d_1.kernel}. */
  public String name() {
    return name;
  }

  /** The value: a tracked leaf, row-major, in the scope of its network. */
  public Tensor tensor() {
    return tensor;
  }

  /** The value as an operand that meets {@code x}: results live where {@code x} does. */
  public Tensor with(Tensor x) {
    return tensor.in(x.scope());
  }

  /** Overwrites the value with that of a tensor of the same type and shape. */
  public void assign(Tensor value) {
    value.copyInto(tensor);
    changed();
  }

  /** Notes that the tensor was written. */
  public void changed() {
    changes++;
  }

  /** How often the value has changed. */
  public long changes() {
    return changes;
  }

  @Override
  public String toString() {
    return name + " " + tensor.spec();
  }
}
