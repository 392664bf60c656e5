package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/**
 * A layer applied to every step of a sequence by itself, with the same weights. Input: {@code [t,
 * ...]}. Output: {@code [t, ...]}, behind the steps what the layer gives. Weights: those of the
 * layer. Keras' {@code TimeDistributed}.
 *
 * @param layer for one step
 */
public record TimeDistributed(Layer layer) implements Layer {
  /** This layer for every step. */
  public static TimeDistributed of(Layer layer) {
    return new TimeDistributed(layer);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    if (input.rank() == 0) {
      throw error("sequences [t, ...] expected", input);
    }
    long steps = input.extent(0);
    Shape one = input.without(0);
    Block block = layer.build(weights, one);
    return Block.of(
        before(block.output(), steps),
        (x, pass) -> {
          long samples = x.extent(0);
          Tensor y = block.call(x.reshape(before(one, samples * steps)), pass);
          return y.reshape(before(before(block.output(), steps), samples));
        });
  }

  /** The shape with an axis more in front. */
  private static Shape before(Shape shape, long extent) {
    long[] extents = new long[shape.rank() + 1];
    extents[0] = extent;
    System.arraycopy(shape.extents(), 0, extents, 1, shape.rank());
    return Shape.of(extents);
  }
}
