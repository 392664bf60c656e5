package dev.lanewise.nn.layer;

import dev.lanewise.tensor.Tensor;

/**
 * Sees what the layers of a network compute in one {@link Pass}, and may put something else in its
 * place.
 *
 * <pre>{@code
 * Map<String, Tensor> seen = new LinkedHashMap<>();
 * model.call(x, Pass.inference().tapped((layer, output, value) -> {
 *   seen.put(layer, value);
 *   return value;
 * }));
 * }</pre>
 */
@FunctionalInterface
public interface Tap {
  /**
   * Called for each output of each layer as soon as it is computed.
   *
   * @param layer its name in the network, after those of the networks it is nested in and dots:
   *     {@code conv2d_1}, {@code encoder.dense}
   * @param output which of the layer's outputs, from zero
   * @param value the batch axis in front
   * @return what the layers behind it get: the value, or another of the same type and shape
   */
  Tensor on(String layer, int output, Tensor value);
}
