package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Constraint;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Regularizer;
import dev.lanewise.nn.weight.WeightPolicy;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code x} where positive, else {@code alpha x} with a learned alpha (He et al. 2015). Input and
 * output: any shape. Weights: {@code alpha}, of that shape with ones for the shared axes. Keras'
 * {@code PReLU}.
 *
 * @param sharedAxes axes along which alpha is the same, counted from one, since zero is the batch:
 *     1 and 2 for an alpha per channel of an image
 * @param alpha how alpha is made and held
 */
public record PReLU(List<Integer> sharedAxes, WeightPolicy alpha) implements Layer {
  /** Copies the list. */
  public PReLU {
    sharedAxes = List.copyOf(sharedAxes);
  }

  /** An alpha for each element, zero at first. */
  public static PReLU of() {
    return new PReLU(List.of(), WeightPolicy.of(Initializer.ZEROS));
  }

  /** This layer with one alpha along these axes, counted from one. */
  public PReLU sharedAxes(int... axes) {
    return new PReLU(IntStream.of(axes).boxed().toList(), alpha);
  }

  /** This layer with another initialiser of alpha. */
  public PReLU alpha(Initializer other) {
    return new PReLU(sharedAxes, alpha.initializer(other));
  }

  /** This layer with a price on alpha. */
  public PReLU alphaRegularizer(Regularizer other) {
    return new PReLU(sharedAxes, alpha.regularizer(other));
  }

  /** This layer with alpha held to a constraint. */
  public PReLU alphaConstraint(Constraint other) {
    return new PReLU(sharedAxes, alpha.constraint(other));
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Shape shape = input;
    for (int axis : sharedAxes) {
      if (axis < 1 || axis > input.rank()) {
        throw error("no axis " + axis + ", counted from one, to share", input);
      }
      shape = shape.with(axis - 1, 1);
    }
    Parameter slope = weights.weight("alpha", shape, alpha);
    return Block.of(
            input,
            (x, _) -> {
              Tensor negative = x.neg().relu().mul(slope.with(x));
              return x.relu().sub(negative);
            })
        .keepingMask();
  }
}
