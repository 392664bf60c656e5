package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;

/**
 * In training, whole channels of a sample set to zero at random and the others scaled up to keep
 * the mean (Tompson et al. 2015); otherwise nothing. Input and output: {@code [height, width,
 * channels]}. Keras' {@code SpatialDropout2D}.
 *
 * @param rate the part of the channels that is dropped, from 0 below 1
 */
public record SpatialDropout2D(double rate) implements Layer {
  /** Checks the rate. */
  public SpatialDropout2D {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("spatialDropout2D: a rate from 0 below 1, not " + rate);
    }
  }

  /** Drops this part. */
  public static SpatialDropout2D of(double rate) {
    return new SpatialDropout2D(rate);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Images.require(this, input);
    return Block.of(
            input,
            (x, pass) -> {
              if (!pass.isTraining() || rate == 0) {
                return x;
              }
              Shape channels = Shape.of(x.extent(0), 1, 1, x.extent(3));
              return x.mul(
                  x.scope()
                      .full(x.dtype(), channels, 1)
                      .apply(new dev.lanewise.tensor.op.Dropout(rate, pass.random())));
            })
        .keepingMask();
  }
}
