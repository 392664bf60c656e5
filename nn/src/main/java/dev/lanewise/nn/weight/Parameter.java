package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.util.List;
import java.util.Optional;

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
  private Regularizer regularizer;
  private Constraint constraint;
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

  /** Puts a price on the values, or takes it away where null; returns this. */
  public Parameter regularized(Regularizer other) {
    regularizer = other;
    return this;
  }

  /** Holds the value to a constraint after each update, or to none where null; returns this. */
  public Parameter constrained(Constraint other) {
    constraint = other;
    return this;
  }

  /** The price on the values, if there is one. */
  public Optional<Regularizer> regularizer() {
    return Optional.ofNullable(regularizer);
  }

  /** What the value is held to, if there is something. */
  public Optional<Constraint> constraint() {
    return Optional.ofNullable(constraint);
  }

  /**
   * What the values cost now, a tracked scalar in a scope, to be added to the loss; nothing where
   * there is no price or training does not change the value.
   */
  public Optional<Tensor> penalty(Scope scope) {
    return regularizer == null || !isTrained()
        ? Optional.empty()
        : Optional.of(regularizer.penalty(tensor.in(scope)));
  }

  /** A loss with the penalties of these parameters. */
  public static Tensor penalized(Tensor loss, List<Parameter> parameters) {
    Tensor sum = loss;
    for (Parameter parameter : parameters) {
      Optional<Tensor> penalty = parameter.penalty(loss.scope());
      if (penalty.isPresent()) {
        sum = sum.add(penalty.get());
      }
    }
    return sum;
  }

  /** Brings the value back to its constraint, where it has one: after each update. */
  public void constrain() {
    if (constraint != null) {
      try (Scope scratch = tensor.scope().child("constrain")) {
        assign(constraint.apply(tensor.untracked().in(scratch)));
      }
    }
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
