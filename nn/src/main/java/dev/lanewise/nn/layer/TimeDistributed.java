package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.List;

/**
 * A layer applied to every step of a sequence by itself, with the same weights. Input: {@code [t,
 * ...]}. Output: {@code [t, ...]}, behind the steps what the layer gives. Weights: those of the
 * layer. Keras' {@code TimeDistributed}.
 *
 * <p>A mask of the steps goes on to the output. One that reaches into the steps is the layer's, and
 * a step counts where any of its places does.
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
    return Block.ofMasked(
        before(block.output(), steps),
        (given, pass) -> {
          Masked x = given.getFirst();
          long samples = x.values().extent(0);
          Tensor each = x.values().reshape(before(one, samples * steps));
          boolean reaches = x.isMasked() && x.mask().rank() > 2;
          Tensor own =
              reaches
                  ? x.mask()
                      .reshape(before(x.mask().shape().without(0).without(0), samples * steps))
                  : null;
          Tensor y = block.callMasked(List.of(new Masked(each, own)), pass).getFirst().values();
          return new Masked(
              y.reshape(before(before(block.output(), steps), samples)),
              reaches ? Masked.any(x.mask(), 2) : x.mask());
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
