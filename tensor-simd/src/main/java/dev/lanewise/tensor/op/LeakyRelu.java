package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Wanted;

/**
 * {@code x} where it is at least 0, else {@code slope * x}, element by element (Maas, Hannun and Ng
 * 2013). Input and output: any shape.
 *
 * <p>The gradient at the kink, zero, is {@code slope}.
 *
 * @param slope the factor of negative elements
 */
public record LeakyRelu(double slope) implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.LEAKY_RELU;
  }

  @Override
  public double p() {
    return slope;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad(slope).apply(saved.input(0), grads.at(0)));
  }

  /** {@code grad} where {@code x} is positive, else {@code slope * grad}. Inputs: x, grad. */
  public record Grad(double slope) implements LaneOp {
    @Override
    public Lane lane() {
      return Lane.LEAKY_RELU_GRAD;
    }

    @Override
    public double p() {
      return slope;
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      return Grads.of(null, new Grad(slope).apply(saved.input(0), grads.at(0)));
    }
  }
}
