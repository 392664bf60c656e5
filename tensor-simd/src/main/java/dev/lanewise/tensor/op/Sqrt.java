package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Wanted;

/**
 * The square root, element by element: NaN below zero. Input and output: any shape.
 *
 * <p>The gradient at zero is infinite.
 */
public record Sqrt() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.SQRT;
  }

  @Override
  public Keeps keeps() {
    return Keeps.outputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(grads.at(0).div(saved.output(0)).mul(0.5));
  }
}
