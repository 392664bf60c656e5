package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Wanted;

/** {@code e^x}, element by element. Input and output: any shape. */
public record Exp() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.EXP;
  }

  @Override
  public Keeps keeps() {
    return Keeps.outputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(grads.at(0).mul(saved.output(0)));
  }
}
