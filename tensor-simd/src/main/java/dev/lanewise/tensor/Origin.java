package dev.lanewise.tensor;

import java.util.function.UnaryOperator;

/**
 * Where a tracked tensor comes from: a leaf, or one application of an operator.
 *
 * <p>Origins form the graph that {@code Gradients} walks backwards and that a recorded model is
 * made of. Two tensors with the same origin and index hold the same value.
 */
public final class Origin {
  private final Op op;
  private final Tensor[] inputs;
  private final Tensor[] outputs;
  private final int[] versions;
  private final long birth;

  /** The layer it was applied in; null where there is none or nobody watches. */
  private final String layer;

  private Origin(Op op, Tensor[] inputs, Tensor[] outputs, long birth, String layer) {
    this.op = op;
    this.inputs = inputs;
    this.outputs = outputs;
    this.birth = birth;
    this.layer = layer;
    this.versions = new int[inputs.length + outputs.length];
    for (int i = 0; i < inputs.length; i++) {
      versions[i] = inputs[i].version();
    }
    for (int i = 0; i < outputs.length; i++) {
      versions[inputs.length + i] = outputs[i].version();
    }
  }

  static Origin leaf() {
    return new Origin(null, new Tensor[0], new Tensor[0], 0, null);
  }

  static Origin of(Op op, Tensor[] inputs, Tensor[] outputs, Scope home) {
    long newest = 0;
    for (Tensor input : inputs) {
      if (input.origin() != null) {
        newest = Math.max(newest, input.origin().birth);
      }
    }
    AnomalyWatch watch = home.anomalyWatch();
    String layer = watch == null ? null : watch.layer();
    return new Origin(op, inputs, outputs, home.tick(newest), layer);
  }

  /** The operator, or null for a leaf. */
  public Op op() {
    return op;
  }

  /** Whether the tensor was marked by {@link Tensor#tracked} and not computed. */
  public boolean isLeaf() {
    return op == null;
  }

  /** Number of inputs. */
  public int inputs() {
    return inputs.length;
  }

  /** Input {@code i}, with its own origin if it is tracked. */
  public Tensor input(int i) {
    return inputs[i];
  }

  /** Number of outputs, hidden ones included. */
  public int outputs() {
    return outputs.length;
  }

  /** Output {@code i}. */
  public Tensor output(int i) {
    return outputs[i];
  }

  /** Grows along every path: an operator's inputs were born before it. */
  public long birth() {
    return birth;
  }

  /**
   * Runs the operator's backward.
   *
   * @param lend turns a saved tensor into the one backward computes with
   * @throws IllegalStateException if a value that backward reads was overwritten since
   * @throws AnomalyException if a gradient is NaN or infinite where that is looked for
   */
  public Grads backward(Grads grads, Wanted wanted, UnaryOperator<Tensor> lend) {
    Keeps keeps = op.keeps();
    for (int i = 0; i < inputs.length; i++) {
      if (keeps.input(i)) {
        requireUnchanged("input", i, inputs[i], versions[i]);
      }
    }
    for (int i = 0; i < outputs.length; i++) {
      if (keeps.output(i)) {
        requireUnchanged("output", i, outputs[i], versions[inputs.length + i]);
      }
    }
    Saved saved = new Saved(op, inputs, outputs, lend);
    AnomalyWatch watch = watch(grads);
    return watch == null
        ? op.backward(saved, grads, wanted)
        : watch.backward(op, saved, grads, wanted, layer);
  }

  /** The watch where backward computes, or null. */
  private AnomalyWatch watch(Grads grads) {
    for (int i = 0; i < outputs.length; i++) {
      if (grads.at(i) != null) {
        return grads.at(i).scope().anomalyWatch();
      }
    }
    return null;
  }

  private void requireUnchanged(String what, int i, Tensor tensor, int version) {
    if (tensor.version() != version) {
      throw new IllegalStateException(
          op.name()
              + ": "
              + what
              + " "
              + i
              + " was overwritten before backward: "
              + tensor.spec()
              + " (written "
              + (tensor.version() - version)
              + " times since)");
    }
  }
}
