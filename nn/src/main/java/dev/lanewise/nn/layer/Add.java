package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.List;

/**
 * The sum of its inputs, element by element, broadcast. If all have masks, a place counts where it
 * does for any of them. Inputs: two or more of shapes that broadcast to each other. Output: the
 * broadcast shape. Keras' {@code Add}.
 */
public record Add() implements Layer {
  /** The layer. */
  public static Add of() {
    return new Add();
  }

  @Override
  public Block build(Weights weights, Shape input) {
    return build(weights, List.of(input));
  }

  @Override
  public Block build(Weights weights, List<Shape> inputs) {
    return Block.ofMasked(
        Merge.broadcast(this, inputs),
        (given, _) ->
            new Masked(
                Masked.values(given).stream().reduce(Tensor::add).orElseThrow(),
                Masked.any(given)));
  }
}
