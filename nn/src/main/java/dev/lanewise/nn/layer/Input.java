package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;

/**
 * Type and shape of a network's samples; it computes nothing. Input and output: that shape.
 *
 * @param shape of one sample
 * @param dtype of its elements; null for that of the network's weights
 */
public record Input(Shape shape, DType dtype) implements Layer {
  /** Samples of these extents, channels last: {@code Input.of(28, 28, 1)}. */
  public static Input of(long... extents) {
    return new Input(Shape.of(extents), null);
  }

  /** This input with elements of a type of its own, such as i32 for the classes of a vocabulary. */
  public Input as(DType other) {
    return new Input(shape, other);
  }

  /** An input of a network. */
  public Node node() {
    return Node.of(this);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    if (!input.equals(shape)) {
      throw error(shape + " expected", input);
    }
    return Block.of(shape, (x, _) -> x);
  }
}
