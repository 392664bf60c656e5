package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/** {@code 1 / sqrt(x)}, element by element. Input and output: any shape. */
public record Rsqrt() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.RSQRT;
  }

  @Override
  public Keeps keeps() {
    return Keeps.outputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor out = saved.output(0);
    return Grads.of(grads.at(0).mul(out.square().mul(out)).mul(-0.5));
  }
}
