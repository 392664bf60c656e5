package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * The error function {@code 2 / sqrt(pi)} times the integral of {@code e^(-t^2)} from 0 to x,
 * element by element. Input and output: any shape.
 */
public record Erf() implements LaneOp {
  private static final double SLOPE_AT_ZERO = 2 / Math.sqrt(Math.PI);

  @Override
  public Lane lane() {
    return Lane.ERF;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor bell = saved.input(0).square().neg().exp();
    return Grads.of(grads.at(0).mul(bell).mul(SLOPE_AT_ZERO));
  }
}
