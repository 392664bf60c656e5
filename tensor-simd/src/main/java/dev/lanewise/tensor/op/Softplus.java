package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/** {@code log(1 + e^x)}, element by element. Input and output: any shape. */
public record Softplus() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.SOFTPLUS;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad().apply(saved.input(0), grads.at(0)));
  }

  /** {@code grad * sigmoid(x)}. Inputs: x, grad. */
  public record Grad() implements LaneOp {
    @Override
    public Lane lane() {
      return Lane.SOFTPLUS_GRAD;
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor x = saved.input(0);
      Tensor grad = grads.at(0);
      return Grads.of(
          wanted.input(0) ? new Sigmoid.Grad().apply(x.sigmoid(), grad.mul(saved.input(1))) : null,
          new Grad().apply(x, grad));
    }
  }
}
