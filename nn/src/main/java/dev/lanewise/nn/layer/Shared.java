package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * A layer with an identity: a network that has it in several places builds it once, so that its
 * weights are the same in all of them. It must meet inputs of the same shapes everywhere.
 */
public final class Shared implements Layer {
  private final Layer layer;

  Shared(Layer layer) {
    this.layer = layer;
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
  public String name() {
    return layer.name();
  }

  @Override
  public Layer shared() {
    return this;
  }
}
