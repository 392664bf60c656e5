package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * {@code x * sigmoid(x)}, element by element (Elfwing et al. 2017). Input and output: any shape.
 */
public record Silu() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.SILU;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad().apply(saved.input(0), grads.at(0)));
  }

  /** {@code grad * s * (1 + x * (1 - s))} with {@code s = sigmoid(x)}. Inputs: x, grad. */
  public record Grad() implements LaneOp {
    @Override
    public Lane lane() {
      return Lane.SILU_GRAD;
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
          wanted.input(0) ? grad.mul(saved.input(1)).mul(curvature(x)) : null,
          new Grad().apply(x, grad));
    }

    /** {@code s * (1 - s) * (2 + x * (1 - 2 s))}. */
    private static Tensor curvature(Tensor x) {
      Tensor s = x.sigmoid();
      Tensor bend = x.mul(new Affine(-2, 1).apply(s)).add(2);
      return new Sigmoid.Grad().apply(s, bend);
    }
  }
}
