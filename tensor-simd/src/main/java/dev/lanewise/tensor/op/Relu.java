package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Wanted;

/**
 * {@code max(x, 0)}, element by element (Nair and Hinton 2010). Input and output: any shape.
 *
 * <p>The gradient at the kink, zero, is zero.
 */
public record Relu() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.RELU;
  }

  @Override
  public Keeps keeps() {
    return Keeps.outputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad().apply(saved.output(0), grads.at(0)));
  }

  /** {@code grad where out > 0, else 0}. Inputs: out, grad. */
  public record Grad() implements LaneOp {
    @Override
    public Lane lane() {
      return Lane.RELU_GRAD;
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      return Grads.of(null, new Grad().apply(saved.input(0), grads.at(0)));
    }
  }
}
