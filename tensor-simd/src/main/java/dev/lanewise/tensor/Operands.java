package dev.lanewise.tensor;

import dev.lanewise.kernel.Workspace;

/**
 * What an operator is prepared for: input and output tensors, scratch memory, and which inputs
 * never change.
 */
public abstract class Operands {
  private final Tensor[] inputs;
  private final Tensor[] outputs;

  /** Operands over these tensors. */
  protected Operands(Tensor[] inputs, Tensor[] outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Input {@code i}. */
  public Tensor input(int i) {
    return inputs[i];
  }

  /** How many inputs there are. */
  public int inputs() {
    return inputs.length;
  }

  /** Output {@code i}, to be written in full. */
  public Tensor output(int i) {
    return outputs[i];
  }

  /** How many outputs there are. */
  public int outputs() {
    return outputs.length;
  }

  /** The engine to compute on. */
  public Engine engine() {
    return outputs[0].engine();
  }

  /** Whether input {@code i} holds the same values in every run, so that preparing may read it. */
  public abstract boolean isConstant(int i);

  /** A tensor for the step's own use, alive as long as the step; its elements are undefined. */
  public abstract Tensor scratch(DType dtype, Shape shape);

  /**
   * Memory made once from constant inputs and shared by all steps prepared from the same node, such
   * as packed weights.
   *
   * @param shape of the tensor to fill
   * @param fill writes the tensor; called for the first step only
   */
  public abstract Tensor shared(DType dtype, Shape shape, Filler fill);

  /** The kernels' workspace of one participant of {@link Workers}. */
  public Workspace workspace(int slot) {
    return outputs[0].scope().workspace(slot);
  }

  /** Writes a tensor. */
  @FunctionalInterface
  public interface Filler {
    /** Writes all elements of {@code target}. */
    void fill(Tensor target);
  }
}
