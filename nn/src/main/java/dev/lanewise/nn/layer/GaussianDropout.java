package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;

/**
 * In training, values times normal numbers of mean one and the variance that dropout has, {@code
 * rate / (1 - rate)} (Srivastava et al. 2014); otherwise nothing. Input and output: any shape.
 * Keras' {@code GaussianDropout}.
 *
 * @param rate that of the dropout, from 0 below 1
 */
public record GaussianDropout(double rate) implements Layer {
  /** Checks the rate. */
  public GaussianDropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("gaussianDropout: a rate from 0 below 1, not " + rate);
    }
  }

  /** As much as dropout of this rate. */
  public static GaussianDropout of(double rate) {
    return new GaussianDropout(rate);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    double deviation = Math.sqrt(rate / (1 - rate));
    return Block.of(
            input,
            (x, pass) ->
                pass.isTraining() && rate > 0
                    ? x.mul(
                        x.scope().normal(x.dtype(), x.shape(), pass.random()).mul(deviation).add(1))
                    : x)
        .keepingMask();
  }
}
