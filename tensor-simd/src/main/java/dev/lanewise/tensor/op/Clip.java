package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Wanted;

/**
 * {@code min(max(x, low), high)}, element by element; NaN stays NaN. Input and output: any shape.
 *
 * <p>The gradient passes where {@code low <= x <= high}, the bounds included.
 *
 * @param low the least output, or minus infinity
 * @param high the greatest output, or infinity
 */
public record Clip(double low, double high) implements LaneOp {
  /** Checks that {@code low <= high}. */
  public Clip {
    if (!(low <= high)) {
      throw new IllegalArgumentException("clip: no number lies between: " + low + " and " + high);
    }
  }

  @Override
  public Lane lane() {
    return Lane.CLIP;
  }

  @Override
  public double p() {
    return low;
  }

  @Override
  public double q() {
    return high;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad(low, high).apply(saved.input(0), grads.at(0)));
  }

  /** {@code grad} where {@code low <= x <= high}, else 0. Inputs: x, grad. */
  public record Grad(double low, double high) implements LaneOp {
    @Override
    public Lane lane() {
      return Lane.CLIP_GRAD;
    }

    @Override
    public double p() {
      return low;
    }

    @Override
    public double q() {
      return high;
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      return Grads.of(null, new Grad(low, high).apply(saved.input(0), grads.at(0)));
    }
  }
}
