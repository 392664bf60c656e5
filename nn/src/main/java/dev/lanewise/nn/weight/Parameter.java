package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Tensor;

/**
 * A named tensor of a network: a weight, which training changes, or a buffer, which the network
 * changes itself, such as a running mean.
 *
 * <p>Whoever writes into the tensor says so with {@link #changed}, so that what was compiled from
 * the old values is made anew.
 */
public final class Parameter {
  private final String name;
  private final Tensor tensor;
  private final boolean isBuffer;
  private boolean frozen;
  private long changes;

  private Parameter(String name, Tensor tensor, boolean isBuffer) {
    this.name = name;
    this.tensor = tensor;
    this.isBuffer = isBuffer;
  }

  /** A weight over a tensor of f32 or f64. */
  public Parameter(String name, Tensor tensor) {
    this(name, tensor.tracked(), false);
  }

  /** A buffer over a tensor; no gradient reaches it. */
  public static Parameter buffer(String name, Tensor tensor) {
    return new Parameter(name, tensor.untracked(), true);
  }

  /** The full name, such as {@code conv2d_1.kernel}. */
  public String name() {
    return name;
  }

  /** The value, row-major, in the scope of its network; that of a weight is a tracked leaf. */
  public Tensor tensor() {
    return tensor;
  }

  /** The value as an operand that meets {@code x}: results live where {@code x} does. */
  public Tensor with(Tensor x) {
    return (frozen ? tensor.untracked() : tensor).in(x.scope());
  }

  /** Whether this is a buffer and not a weight. */
  public boolean isBuffer() {
    return isBuffer;
  }

  /** Whether training changes it: a weight that is not frozen. */
  public boolean isTrained() {
    return !isBuffer && !frozen;
  }

  /** Keeps training from changing it, or lets it again; optimizers made before do not notice. */
  public void freeze(boolean wanted) {
    frozen = wanted;
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
