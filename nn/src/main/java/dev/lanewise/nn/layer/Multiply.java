package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.List;

/**
 * The product of its inputs, element by element, broadcast. Inputs: two or more of shapes that
 * broadcast to each other. Output: the broadcast shape. Keras' {@code Multiply}.
 */
public record Multiply() implements Layer {
  /** The layer. */
  public static Multiply of() {
    return new Multiply();
  }

  @Override
  public Block build(Weights weights, Shape input) {
    return build(weights, List.of(input));
  }

  @Override
  public Block build(Weights weights, List<Shape> inputs) {
    return Block.ofMany(
        Merge.broadcast(this, inputs),
        (given, _) -> given.stream().reduce(Tensor::mul).orElseThrow());
  }
}
