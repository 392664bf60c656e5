package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;

/**
 * All of a sample in one axis. Input: any shape. Output: {@code [size]}. Keras' {@code Flatten}.
 */
public record Flatten() implements Layer {
  /** The layer. */
  public static Flatten of() {
    return new Flatten();
  }

  @Override
  public Block build(Weights weights, Shape input) {
    long size = input.size();
    return Block.of(Shape.of(size), (x, _) -> x.reshape(x.extent(0), size));
  }
}
