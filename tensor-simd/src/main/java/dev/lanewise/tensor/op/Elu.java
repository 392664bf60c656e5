package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * {@code x} where it is positive, else {@code alpha * (e^x - 1)}, element by element (Clevert,
 * Unterthiner and Hochreiter 2016). Input and output: any shape.
 *
 * <p>The gradient at zero is that of the negative side, {@code alpha}.
 *
 * @param alpha minus the limit at minus infinity, not negative
 */
public record Elu(double alpha) implements LaneOp {
  /** Checks that alpha is not negative. */
  public Elu {
    if (!(alpha >= 0)) {
      throw new IllegalArgumentException("elu: alpha is not 0 or more: " + alpha);
    }
  }

  @Override
  public Lane lane() {
    return Lane.ELU;
  }

  @Override
  public double p() {
    return alpha;
  }

  @Override
  public Keeps keeps() {
    return Keeps.outputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad(alpha).apply(saved.output(0), grads.at(0)));
  }

  /**
   * {@code grad} where {@code out} is positive, else {@code grad * (out + alpha)}. Inputs: out,
   * grad.
   */
  public record Grad(double alpha) implements LaneOp {
    @Override
    public Lane lane() {
      return Lane.ELU_GRAD;
    }

    @Override
    public double p() {
      return alpha;
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
          new Grad(alpha).apply(out, grad));
    }
  }
}
