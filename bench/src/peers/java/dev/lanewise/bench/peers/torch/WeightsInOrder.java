package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import java.util.Iterator;
import java.util.Map;

/**
 * The weights of a network for one pass: its layers ask for them in the order of building, each by
 * the last part of its name.
 */
final class WeightsInOrder {
  private final Iterator<Map.Entry<String, NDArray>> weights;
  private final boolean training;

  WeightsInOrder(Map<String, NDArray> weights, boolean training) {
    this.weights = weights.entrySet().iterator();
    this.training = training;
  }

  /** Whether the pass trains. */
  boolean isTraining() {
    return training;
  }

  /**
   * The next weight, in the layout of Keras.
   *
   * @throws IllegalStateException if it has another name
   */
  NDArray next(String name) {
    Map.Entry<String, NDArray> weight = weights.hasNext() ? weights.next() : null;
    if (weight == null || !weight.getKey().endsWith("." + name)) {
      throw new IllegalStateException(
          "parity: '%s' asked for: next is %s"
              .formatted(name, weight == null ? "nothing" : weight.getKey()));
    }
    return weight.getValue();
  }

  /** The next weight if there is one, else null. */
  NDArray next(String name, boolean wanted) {
    return wanted ? next(name) : null;
  }
}
