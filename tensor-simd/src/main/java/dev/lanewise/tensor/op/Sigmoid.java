package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/** {@code 1 / (1 + e^-x)}, element by element. Input and output: any shape. */
public record Sigmoid() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.SIGMOID;
  }

  @Override
  public Keeps keeps() {
    return Keeps.outputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad().apply(saved.output(0), grads.at(0)));
  }

  /** {@code grad * out * (1 - out)}. Inputs: out, grad. */
  public record Grad() implements LaneOp {
    @Override
    public Lane lane() {
      return Lane.SIGMOID_GRAD;
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
          wanted.input(0) ? grad.mul(saved.input(1)).mul(new Affine(-2, 1).apply(out)) : null,
          new Grad().apply(out, grad));
    }
  }
}
