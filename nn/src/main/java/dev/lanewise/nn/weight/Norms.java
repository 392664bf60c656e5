package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Sum;
import java.util.List;

/** The norms along axes that constraints look at. */
final class Norms {
  /** Keeps a quotient finite, as in Keras. */
  static final double EPSILON = 1e-7;

  private Norms() {}

  /** The Euclidean norm along these axes, which become ones. */
  static Tensor of(Tensor weight, List<Integer> axes) {
    int[] along = axes.stream().mapToInt(Integer::intValue).toArray();
    return Sum.over(along, true).apply(weight.square()).sqrt();
  }

  /**
   * Checks axes.
   *
   * @throws IllegalArgumentException if there are none
   */
  static List<Integer> axes(String name, List<Integer> axes) {
    if (axes.isEmpty()) {
      throw new IllegalArgumentException(name + ": at least one axis expected");
    }
    return List.copyOf(axes);
  }
}
