package dev.lanewise.tensor;

/**
 * A differentiable function of one or more tensors.
 *
 * <p>An implementation is a record of the function's attributes. Everything the engine knows of an
 * operator is here: its shape rule, how it computes, and its gradient. Eager code, gradients and
 * compiled graphs all use the same three methods, so a user's own operator is a full citizen.
 *
 * <pre>{@code
 * record Square() implements Op {
 *   public Specs infer(Specs in) { return Specs.of(in.first()); }
 *   public Step prepare(Operands operands) { return Elementwise.map(Lane.SQUARE, operands, 0, 0); }
 *   public Grads backward(Saved saved, Grads grads, Wanted wanted) {
 *     return Grads.of(grads.at(0).mul(saved.input(0)).mul(2));
 *   }
 * }
 * }</pre>
 */
public interface Op {
  /**
   * The outputs' types, shapes and memory order.
   *
   * <p>This is the operator's door: all checks of shapes and types happen here.
   *
   * @throws IllegalArgumentException if the operator is not defined for these inputs, with a
   *     message that names all of them
   */
  Specs infer(Specs in);

  /**
   * Binds the operator to memory. The outputs are as {@link #infer} said; no input overlaps an
   * output unless {@link #inPlace} allows it.
   */
  Step prepare(Operands operands);

  /**
   * Gradients for the inputs from those of the outputs, as tensor expressions.
   *
   * <p>A result may have the output's broadcast shape where the input was stretched; the walker
   * sums it down. An input that nobody wants may stay null.
   *
   * @param saved inputs and outputs of the forward pass
   * @param grads one gradient per output; null where no path leads from it to the loss
   * @param wanted which inputs need a gradient
   */
  Grads backward(Saved saved, Grads grads, Wanted wanted);

  /**
   * Which inputs and outputs {@link #backward} reads; overwriting one of them before it is an
   * error.
   */
  default Keeps keeps() {
    return Keeps.inputsAndOutputs();
  }

  /** How many of the outputs {@link #apply} returns to its caller; the rest serve backward only. */
  default int visibleOutputs() {
    return 1;
  }

  /** Whether output 0 may be the same memory as input 0 when both have the same layout. */
  default boolean inPlace() {
    return false;
  }

  /**
   * The operator's name in errors and reports: {@code leakyRelu}, or {@code reluGrad} for a nested
   * Grad.
   */
  default String name() {
    return OpName.of(getClass());
  }

  /**
   * Computes the operator on these tensors and returns its first output.
   *
   * @throws IllegalArgumentException if shapes or types do not fit, or the operands live in
   *     unrelated scopes
   * @throws IllegalStateException if an operand's scope is closed or belongs to another thread
   * @throws AnomalyException if the result is NaN or infinite where that is looked for
   */
  default Tensor apply(Tensor... inputs) {
    return Dispatch.run(this, inputs)[0];
  }

  /** Computes the operator and returns its visible outputs. */
  default Tensor[] applyAll(Tensor... inputs) {
    Tensor[] outputs = Dispatch.run(this, inputs);
    return outputs.length == visibleOutputs()
        ? outputs
        : java.util.Arrays.copyOf(outputs, visibleOutputs());
  }
}
