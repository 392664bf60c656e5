package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;

/**
 * In training, values set to zero at random and the others scaled up to keep the mean (Srivastava
 * et al. 2014); otherwise nothing. Input and output: any shape. Keras' {@code Dropout}.
 *
 * @param rate the part that is dropped, from 0 below 1
 */
public record Dropout(double rate) implements Layer {
  /** Checks the rate. */
  public Dropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout: a rate from 0 below 1, not " + rate);
    }
  }

  /** Drops this part. */
  public static Dropout of(double rate) {
    return new Dropout(rate);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    return Block.of(
            input,
            (x, pass) ->
                pass.isTraining() && rate > 0
                    ? x.apply(new dev.lanewise.tensor.op.Dropout(rate, pass.random()))
                    : x)
        .keepingMask();
  }
}
