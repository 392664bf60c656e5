package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * {@code x / y}, element by element. Inputs: two shapes that broadcast. Output: their broadcast.
 */
public record Div() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.DIV;
  }

  @Override
  public Keeps keeps() {
    return new Keeps(0b10, 0b1);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor y = saved.input(1);
    Tensor gradX = grads.at(0).div(y);
    return Grads.of(gradX, wanted.input(1) ? gradX.mul(saved.output(0)).neg() : null);
  }
}
