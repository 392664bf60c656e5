package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

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

  /**
   * The same for a layer of any number of inputs; those of one input need not know of this.
   *
   * @param inputs shapes of one sample of each
   * @throws IllegalArgumentException if there are too few or too many, or the layer is not defined
   *     for them
   */
  default Block build(Weights weights, List<Shape> inputs) {
    if (inputs.size() != 1) {
      throw error("one input expected, " + inputs.size() + " given", inputs);
    }
    return build(weights, inputs.getFirst());
  }

  /** This layer's first output when it is applied to these values of a network. */
  default Node on(Node... inputs) {
    return Node.of(this, inputs);
  }

  /**
   * This layer as one that keeps its weights: wherever it stands in a network, it is the same one.
   */
  default Layer shared() {
    return new Shared(this);
  }

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
    return error(wrong, List.of(input));
  }

  /** An error in the house's form with all inputs. */
  default IllegalArgumentException error(String wrong, List<Shape> inputs) {
    return new IllegalArgumentException(
        decapitalized(type())
            + ": "
            + wrong
            + ": input "
            + inputs.stream().map(Shape::toString).collect(Collectors.joining(" x ")));
  }

  /** The name as a variable's: {@code conv2D}, {@code rmsNormalization}, {@code lstm}. */
  private static String decapitalized(String name) {
    int capitals = 0;
    while (capitals < name.length() && Character.isUpperCase(name.charAt(capitals))) {
      capitals++;
    }
    // The last one of several begins the next word, unless the name ends with it.
    int lowered = capitals > 1 && capitals < name.length() ? capitals - 1 : capitals;
    return name.substring(0, lowered).toLowerCase(Locale.ROOT) + name.substring(lowered);
  }
}
