package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * {@code x^y}, element by element, as {@link StrictMath#pow} has it: 1 for {@code y = 0}, NaN for
 * negative {@code x} and fractional {@code y}. Inputs: two shapes that broadcast. Output: their
 * broadcast.
 *
 * <p>The gradient for {@code x} is zero where {@code y} is, and that for {@code y} is zero where
 * {@code x} is.
 */
public record Pow() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.POW;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputsAndOutputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor x = saved.input(0);
    Tensor y = saved.input(1);
    Tensor grad = grads.at(0);
    return Grads.of(
        wanted.input(0) ? gradOfBase(x, y, grad) : null,
        wanted.input(1) ? gradOfExponent(x, saved.output(0), grad) : null);
  }

  private static Tensor gradOfBase(Tensor x, Tensor y, Tensor grad) {
    Tensor slope = y.mul(Ops.POW.apply(x, y.sub(1)));
    return Where.unlessZero(y, grad.mul(slope));
  }

  private static Tensor gradOfExponent(Tensor x, Tensor out, Tensor grad) {
    return Where.unlessZero(x, grad.mul(out).mul(x.log()));
  }
}
