package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * {@code x * y}, element by element. Inputs: two shapes that broadcast. Output: their broadcast.
 */
public record Mul() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.MUL;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor grad = grads.at(0);
    return Grads.of(
        wanted.input(0) ? grad.mul(saved.input(1)) : null,
        wanted.input(1) ? grad.mul(saved.input(0)) : null);
  }
}
