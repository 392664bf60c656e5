package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;

/**
 * The configuration of one part of a network. Immutable; one layer can be built many times.
 *
 * <p>A layer of one's own is one class:
 *
 * <pre>{@code
 * record Scale() implements Layer {
 *   public Block build(Weights weights, Shape input) {
 *     Parameter factor = weights.weight("factor", input, Initializer.ONES);
 *     return Block.of(input, (x, pass) -> x.mul(factor.with(x)));
 *   }
 * }
 * }</pre>
 */
public interface Layer {
  /**
   * Asks for the weights and gives what computes.
   *
   * @param weights names are this layer's own, such as {@code kernel}
   * @param input shape of one sample
   * @throws IllegalArgumentException if the layer is not defined for such samples
   */
  Block build(Weights weights, Shape input);

  /** What kind of layer it is, as summaries show it. */
  default String type() {
    return getClass().getSimpleName();
  }

  /** The name it asks for, or null where the network may choose one. */
  default String name() {
    return null;
  }

  /** This layer under a name of the caller's choice. */
  default Layer named(String name) {
    return new Named(this, name);
  }

  /** An error in the house's form: {@code <layer>: <what is wrong>: input <shape>}. */
  default IllegalArgumentException error(String wrong, Shape input) {
    String type = type();
    return new IllegalArgumentException(
        Character.toLowerCase(type.charAt(0))
            + type.substring(1)
            + ": "
            + wrong
            + ": input "
            + input);
  }
}
