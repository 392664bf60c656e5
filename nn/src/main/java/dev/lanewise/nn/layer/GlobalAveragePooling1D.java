package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.op.Mean;
import dev.lanewise.tensor.op.Sum;

/**
 * The mean of each channel over all places of a sample, or over those that a mask counts; where it
 * counts none, the mean is not a number. Input: {@code [length, channels]}. Output: {@code
 * [channels]}, or {@code [1, channels]} with {@link #keepDims}. Keras' {@code
 * GlobalAveragePooling1D}.
 *
 * @param keepDims whether the axes of the places stay, as ones
 */
public record GlobalAveragePooling1D(boolean keepDims) implements Layer {
  /** The layer; the axes of the places vanish. */
  public static GlobalAveragePooling1D of() {
    return new GlobalAveragePooling1D(false);
  }

  /** This layer with the axes of the places kept as ones, or not. */
  public GlobalAveragePooling1D keepDims(boolean wanted) {
    return new GlobalAveragePooling1D(wanted);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    SequenceImages.require(this, input);
    long channels = input.extent(-1);
    int[] places = {1};
    Mean pool = Mean.over(places, keepDims);
    Sum sum = Sum.over(places, keepDims);
    return Block.ofMasked(
        keepDims ? Shape.of(1, channels) : Shape.of(channels),
        (given, _) -> {
          Masked x = given.getFirst();
          x.requireSequences(this);
          return Masked.of(
              x.isMasked()
                  ? sum.apply(x.counted()).div(sum.apply(x.factors()))
                  : pool.apply(x.values()));
        });
  }
}
