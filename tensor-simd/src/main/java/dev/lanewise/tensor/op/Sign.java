package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Wanted;

/**
 * -1 for negative, 1 for positive elements, otherwise the element itself: zero or NaN. Input and
 * output: any shape.
 *
 * <p>The gradient is zero everywhere.
 */
public record Sign() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.SIGN;
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.none();
  }
}
