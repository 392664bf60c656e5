package dev.lanewise.nn.layer;

import dev.lanewise.tensor.Shape;
import java.util.List;

/** The shape rule of layers that join their inputs element by element. */
final class Merge {
  private Merge() {}

  /**
   * The shape that all broadcast to.
   *
   * @throws IllegalArgumentException if there are fewer than two, of different ranks, or they do
   *     not broadcast
   */
  static Shape broadcast(Layer layer, List<Shape> inputs) {
    if (inputs.size() < 2) {
      throw layer.error("two inputs or more expected", inputs);
    }
    Shape joined = inputs.getFirst();
    for (Shape input : inputs) {
      // Of different ranks, the batch axis would meet another one.
      joined = input.rank() == joined.rank() ? Shape.broadcast(joined, input) : null;
      if (joined == null) {
        throw layer.error("shapes do not broadcast", inputs);
      }
    }
    return joined;
  }
}
