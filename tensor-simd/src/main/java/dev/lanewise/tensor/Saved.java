package dev.lanewise.tensor;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/** What an operator's backward sees of its forward pass. */
public final class Saved {
  private final Op op;
  private final Tensor[] inputs;
  private final Tensor[] outputs;
  private final UnaryOperator<Tensor> lend;

  Saved(Op op, Tensor[] inputs, Tensor[] outputs, UnaryOperator<Tensor> lend) {
    this.op = op;
    this.inputs = inputs;
    this.outputs = outputs;
    this.lend = lend;
  }

  /** Input {@code i}; it must be among {@link Op#keeps}. */
  public Tensor input(int i) {
    require(op.keeps().input(i), "input", i);
    return lend.apply(inputs[i]);
  }

  /** Output {@code i}; it must be among {@link Op#keeps}. */
  public Tensor output(int i) {
    require(op.keeps().output(i), "output", i);
    return lend.apply(outputs[i]);
  }

  /** Type, shape and layout of input {@code i}, kept or not. */
  public Spec inputSpec(int i) {
    return inputs[i].spec();
  }

  /** Type, shape and layout of output {@code i}, kept or not. */
  public Spec outputSpec(int i) {
    return outputs[i].spec();
  }

  /** Number of inputs. */
  public int inputs() {
    return inputs.length;
  }

  /** All inputs, for errors. */
  Tensor[] all() {
    return inputs;
  }

  /** The gradients that have arrived, without the missing ones. */
  Tensor[] present(Grads arrived) {
    Tensor[] present = new Tensor[outputs.length];
    int count = 0;
    for (int i = 0; i < outputs.length; i++) {
      if (arrived.at(i) != null) {
        present[count++] = arrived.at(i);
      }
    }
    return Arrays.copyOf(present, count);
  }

  private void require(boolean kept, String what, int i) {
    if (!kept) {
      throw new IllegalStateException(
          op.name() + ": backward reads " + what + " " + i + ", which keeps() does not name");
    }
  }
}
