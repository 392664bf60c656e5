package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.op.Mean;

/**
 * The mean of each channel over all places of a sample. Input: {@code [height, width, channels]}.
 * Output: {@code [channels]}, or {@code [1, 1, channels]} with {@link #keepDims}. Keras' {@code
 * GlobalAveragePooling2D}.
 *
 * @param keepDims whether the axes of the places stay, as ones
 */
public record GlobalAveragePooling2D(boolean keepDims) implements Layer {
  /** The layer; the axes of the places vanish. */
  public static GlobalAveragePooling2D of() {
    return new GlobalAveragePooling2D(false);
  }

  /** This layer with the axes of the places kept as ones, or not. */
  public GlobalAveragePooling2D keepDims(boolean wanted) {
    return new GlobalAveragePooling2D(wanted);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Images.require(this, input);
    long channels = input.extent(-1);
    int[] places = {1, 2};
    Mean pool = Mean.over(places, keepDims);
    return Block.of(
        keepDims ? Shape.of(1, 1, channels) : Shape.of(channels), (x, _) -> pool.apply(x));
  }
}
