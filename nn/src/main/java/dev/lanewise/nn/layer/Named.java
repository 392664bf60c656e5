package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * A layer with a name of its own.
 *
 * @param layer what computes
 * @param name without dots
 */
public record Named(Layer layer, String name) implements Layer {
  /** Checks the name. */
  public Named {
    if (name.isEmpty() || name.indexOf('.') >= 0) {
      throw new IllegalArgumentException(
          "layer: a name is not empty and has no dot: '" + name + "'");
    }
  }

  @Override
  public Block build(Weights weights, Shape input) {
    return layer.build(weights, input);
  }

  @Override
  public Block build(Weights weights, List<Shape> inputs) {
    return layer.build(weights, inputs);
  }

  @Override
  public String type() {
    return layer.type();
  }

  @Override
  public Layer named(String other) {
    return new Named(layer, other);
  }
}
