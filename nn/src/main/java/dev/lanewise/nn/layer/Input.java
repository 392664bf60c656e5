package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;

/**
 * The shape of a network's samples; it computes nothing. Input and output: that shape.
 *
 * @param shape of one sample
 */
public record Input(Shape shape) implements Layer {
  /** Samples of these extents, channels last: {@code Input.of(28, 28, 1)}. */
  public static Input of(long... extents) {
    return new Input(Shape.of(extents));
  }

  @Override
  public Block build(Weights weights, Shape input) {
    if (!input.equals(shape)) {
      throw error(shape + " expected", input);
    }
    return Block.of(shape, (x, _) -> x);
  }
}
