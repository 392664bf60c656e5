package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.op.RmsNorm;

/**
 * {@code scale x / sqrt(mean(x^2) + epsilon)}, the mean over the last axes of each sample (Zhang
 * and Sennrich 2019). Input and output: at least that many axes. Weights: {@code scale}, of the
 * shape of these axes. Keras' {@code RMSNormalization}.
 *
 * @param axes how many of the last axes are normalised together
 * @param epsilon keeps the root from zero
 */
public record RMSNormalization(int axes, double epsilon) implements Layer {
  /** Checks the numbers. */
  public RMSNormalization {
    if (!(axes >= 1 && epsilon > 0)) {
      throw new IllegalArgumentException(
          "rmsNormalization: at least one axis and a positive epsilon, not %d and %s"
              .formatted(axes, epsilon));
    }
  }

  /** Over the last axis, with Keras' epsilon, 0.000001. */
  public static RMSNormalization of() {
    return new RMSNormalization(1, 1e-6);
  }

  /** This layer over so many of the last axes. */
  public RMSNormalization axes(int other) {
    return new RMSNormalization(other, epsilon);
  }

  /** This layer with another epsilon. */
  public RMSNormalization epsilon(double other) {
    return new RMSNormalization(axes, other);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Shape last = LayerNormalization.last(this, input, axes);
    Parameter scale = weights.weight("scale", last, Initializer.ONES);
    RmsNorm norm = new RmsNorm(-axes, epsilon);
    return Block.of(input, (x, _) -> norm.apply(x, scale.with(x))).keepingMask();
  }
}
