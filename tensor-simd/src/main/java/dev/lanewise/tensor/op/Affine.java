package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Wanted;

/**
 * {@code a * x + b} with two numbers, element by element. Input and output: any shape.
 *
 * @param a the factor
 * @param b the summand
 */
public record Affine(double a, double b) implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.SCALE;
  }

  @Override
  public double p() {
    return a;
  }

  /** {@code b}, or -0 for 0, so that a product of -0 stays -0. */
  @Override
  public double q() {
    return b == 0 ? -0.0 : b;
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Affine(a, 0).apply(grads.at(0)));
  }
}
