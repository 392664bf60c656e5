package dev.lanewise.nn;

import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Layer;
import dev.lanewise.nn.layer.Node;

/** Networks whose layers follow one another. */
public final class Sequential {
  private Sequential() {}

  /**
   * The network of these layers, the first of which is an {@link Input}: of f32, with seed 0, on
   * the standard engine.
   *
   * @throws IllegalArgumentException if the first layer is no input
   */
  public static Network of(Layer... layers) {
    if (layers.length == 0 || !(layers[0] instanceof Input input)) {
      throw new IllegalArgumentException(
          "sequential: the first layer is "
              + (layers.length == 0 ? "missing" : layers[0].type())
              + ": Input.of(...) expected");
    }
    Node first = input.node();
    Node last = first;
    for (int i = 1; i < layers.length; i++) {
      last = layers[i].on(last);
    }
    return Network.of(first, last);
  }
}
