package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * {@code scale * elu(x; alpha)} with the constants that keep mean 0 and variance 1, {@code scale}
 * about 1.0507 and {@code alpha} about 1.6733, element by element (Klambauer et al. 2017). Input
 * and output: any shape.
 *
 * <p>The gradient at zero is that of the negative side, {@code scale * alpha}.
 */
public record Selu() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.SELU;
  }

  @Override
  public Keeps keeps() {
    return Keeps.outputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad().apply(saved.output(0), grads.at(0)));
  }

  /**
   * {@code grad * scale} where {@code out} is positive, else {@code grad * (out + scale * alpha)}.
   * Inputs: out, grad.
   */
  public record Grad() implements LaneOp {
    @Override
    public Lane lane() {
      return Lane.SELU_GRAD;
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor out = saved.input(0);
      Tensor grad = grads.at(0);
      Tensor positive = Ops.GREATER.apply(out, Where.zero(out));
      return Grads.of(
          wanted.input(0) ? Where.unless(positive, grad.mul(saved.input(1))) : null,
          new Grad().apply(out, grad));
    }
  }
}
