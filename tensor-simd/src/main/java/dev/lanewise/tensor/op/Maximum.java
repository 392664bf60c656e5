package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * The larger of {@code x} and {@code y}, element by element; NaN if either is. Inputs: two shapes
 * that broadcast. Output: their broadcast.
 *
 * <p>The gradient goes to the larger one; equal ones get half of it each.
 */
public record Maximum() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.MAX;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor x = saved.input(0);
    Tensor y = saved.input(1);
    Tensor grad = grads.at(0);
    return Grads.of(
        wanted.input(0) ? new Grad().apply(x, y, grad) : null,
        wanted.input(1) ? new Grad().apply(y, x, grad) : null);
  }

  /**
   * {@code grad} where {@code x > y}, half of it where they are equal, else 0. Inputs: x, y, grad.
   */
  public record Grad() implements LaneOp {
    @Override
    public Lane lane() {
      return Lane.MAX_GRAD;
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor grad = new Grad().apply(saved.input(0), saved.input(1), grads.at(0));
      return Grads.of(null, null, grad);
    }
  }
}
