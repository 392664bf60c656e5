package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/** The hyperbolic tangent, element by element. Input and output: any shape. */
public record Tanh() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.TANH;
  }

  @Override
  public Keeps keeps() {
    return Keeps.outputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad().apply(saved.output(0), grads.at(0)));
  }

  /** {@code grad * (1 - out^2)}. Inputs: out, grad. */
  public record Grad() implements LaneOp {
    @Override
    public Lane lane() {
      return Lane.TANH_GRAD;
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor out = saved.input(0);
      Tensor grad = grads.at(0);
      return Grads.of(
          wanted.input(0) ? grad.mul(saved.input(1)).mul(out).mul(-2) : null,
          new Grad().apply(out, grad));
    }
  }
}
