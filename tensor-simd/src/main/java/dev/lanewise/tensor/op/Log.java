package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Wanted;

/**
 * The natural logarithm, element by element: NaN below zero, minus infinity at zero. Input and
 * output: any shape.
 */
public record Log() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.LOG;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(grads.at(0).div(saved.input(0)));
  }
}
