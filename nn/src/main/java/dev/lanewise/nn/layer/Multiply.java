package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.List;

/**
 * The product of its inputs, element by element, broadcast. Inputs: two or more of shapes that
 * broadcast to each other. Output: the broadcast shape. Keras' {@code Multiply}.
 *
 * <p>Values that a mask leaves out are taken for ones. If all have masks, a place counts where it
 * does for any of them, and is zero where for none.
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
    return Block.ofMasked(
        Merge.broadcast(this, inputs),
        (given, _) -> {
          Tensor y = given.stream().map(x -> x.counted(1)).reduce(Tensor::mul).orElseThrow();
          Masked product = new Masked(y, Masked.any(given));
          return product.with(product.counted());
        });
  }
}
