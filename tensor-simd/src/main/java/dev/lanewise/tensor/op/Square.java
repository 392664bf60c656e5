package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Wanted;

/** {@code x * x}, element by element. Input and output: any shape. */
public record Square() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.SQUARE;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(grads.at(0).mul(saved.input(0)).mul(2));
  }
}
