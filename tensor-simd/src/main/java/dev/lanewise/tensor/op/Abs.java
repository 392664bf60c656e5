package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Wanted;

/**
 * {@code |x|}, element by element. Input and output: any shape.
 *
 * <p>The gradient at the kink, zero, is zero.
 */
public record Abs() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.ABS;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(grads.at(0).mul(Ops.SIGN.apply(saved.input(0))));
  }
}
