package dev.lanewise.nn.weight;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;

/**
 * Gives a weight its first value, as Keras' initializers do.
 *
 * <p>Element {@code i} is a function of the stream and of {@code i}.
 */
@FunctionalInterface
public interface Initializer {
  /** All zeros. */
  Initializer ZEROS = constant(0);

  /** All ones. */
  Initializer ONES = constant(1);

  /** Uniform within {@code sqrt(6 / (fanIn + fanOut))} (Glorot and Bengio 2010). */
  Initializer GLOROT_UNIFORM =
      new VarianceScaling(1, VarianceScaling.Fan.AVERAGE, VarianceScaling.Distribution.UNIFORM);

  /** Truncated normal of variance {@code 2 / (fanIn + fanOut)} (Glorot and Bengio 2010). */
  Initializer GLOROT_NORMAL =
      new VarianceScaling(1, VarianceScaling.Fan.AVERAGE, VarianceScaling.Distribution.NORMAL);

  /** Uniform within {@code sqrt(6 / fanIn)} (He et al. 2015). */
  Initializer HE_UNIFORM =
      new VarianceScaling(2, VarianceScaling.Fan.IN, VarianceScaling.Distribution.UNIFORM);

  /** Truncated normal of variance {@code 2 / fanIn} (He et al. 2015). */
  Initializer HE_NORMAL =
      new VarianceScaling(2, VarianceScaling.Fan.IN, VarianceScaling.Distribution.NORMAL);

  /** Orthogonal rows or columns of length one (Saxe et al. 2014). */
  Initializer ORTHOGONAL = new Orthogonal(1);

  /**
   * Overwrites all elements.
   *
   * @param target row-major, of f32 or f64
   */
  void fill(Tensor target, Philox stream);

  /** One repeated value. */
  static Initializer constant(double value) {
    return (target, _) -> target.fill(value);
  }

  /** Normal values; Keras' default deviation is 0.05. */
  static Initializer normal(double mean, double deviation) {
    return (target, stream) -> {
      try (Scope scratch = target.scope().child("initializer")) {
        Tensor values = scratch.normal(target.dtype(), target.shape(), stream);
        values.mul(deviation).add(mean).copyInto(target);
      }
    };
  }

  /** Values uniform in {@code [low, high)}; Keras' default is -0.05 to 0.05. */
  static Initializer uniform(double low, double high) {
    return (target, stream) -> {
      try (Scope scratch = target.scope().child("initializer")) {
        Tensor values = scratch.uniform(target.dtype(), target.shape(), stream);
        values.mul(high - low).add(low).copyInto(target);
      }
    };
  }
}
