package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;

/**
 * In training, normal noise added to the values; otherwise nothing. Input and output: any shape.
 * Keras' {@code GaussianNoise}.
 *
 * @param stddev standard deviation of the noise, not negative
 */
public record GaussianNoise(double stddev) implements Layer {
  /** Checks the deviation. */
  public GaussianNoise {
    if (!(stddev >= 0 && stddev < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("gaussianNoise: a deviation of 0 or more, not " + stddev);
    }
  }

  /** Noise of this standard deviation. */
  public static GaussianNoise of(double stddev) {
    return new GaussianNoise(stddev);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    return Block.of(
            input,
            (x, pass) ->
                pass.isTraining() && stddev > 0
                    ? x.add(x.scope().normal(x.dtype(), x.shape(), pass.random()).mul(stddev))
                    : x)
        .keepingMask();
  }
}
