package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.LayerNorm;
import java.util.Arrays;

/**
 * {@code gamma (x - mean) / sqrt(variance + epsilon) + beta}, mean and variance over the last axes
 * of each sample (Ba, Kiros and Hinton 2016). Input and output: at least that many axes. Weights:
 * {@code gamma}, {@code beta}, of the shape of these axes. Keras' {@code LayerNormalization}.
 *
 * @param axes how many of the last axes are normalised together
 * @param epsilon keeps the root from zero
 * @param center whether there is a beta
 * @param scale whether there is a gamma
 */
public record LayerNormalization(int axes, double epsilon, boolean center, boolean scale)
    implements Layer {
  /** Checks the numbers. */
  public LayerNormalization {
    if (!(axes >= 1 && epsilon > 0)) {
      throw new IllegalArgumentException(
          "layerNormalization: at least one axis and a positive epsilon, not %d and %s"
              .formatted(axes, epsilon));
    }
  }

  /** Over the last axis, with Keras' epsilon, 0.001. */
  public static LayerNormalization of() {
    return new LayerNormalization(1, 1e-3, true, true);
  }

  /** This layer over so many of the last axes. */
  public LayerNormalization axes(int other) {
    return new LayerNormalization(other, epsilon, center, scale);
  }

  /** This layer with another epsilon. */
  public LayerNormalization epsilon(double other) {
    return new LayerNormalization(axes, other, center, scale);
  }

  /** This layer with or without a beta. */
  public LayerNormalization center(boolean wanted) {
    return new LayerNormalization(axes, epsilon, wanted, scale);
  }

  /** This layer with or without a gamma. */
  public LayerNormalization scale(boolean wanted) {
    return new LayerNormalization(axes, epsilon, center, wanted);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Shape last = last(this, input, axes);
    Parameter gamma = scale ? weights.weight("gamma", last, Initializer.ONES) : null;
    Parameter beta = center ? weights.weight("beta", last, Initializer.ZEROS) : null;
    LayerNorm norm = new LayerNorm(-axes, epsilon);
    return Block.of(
            input, (x, _) -> norm.apply(x, given(gamma, x, last, 1), given(beta, x, last, 0)))
        .keepingMask();
  }

  /** The shape of the last axes. */
  static Shape last(Layer layer, Shape input, int axes) {
    if (input.rank() < axes) {
      throw layer.error("at least " + axes + (axes == 1 ? " axis" : " axes") + " expected", input);
    }
    return Shape.of(Arrays.copyOfRange(input.extents(), input.rank() - axes, input.rank()));
  }

  /** The weight, or a constant where there is none. */
  static Tensor given(Parameter weight, Tensor x, Shape shape, double constant) {
    return weight == null ? x.scope().full(x.dtype(), shape, constant) : weight.with(x);
  }
}
