package dev.lanewise.nn.weight;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/**
 * Random values whose variance is {@code scale / fan}, so that signals keep their size from layer
 * to layer; the family that Glorot's and He's initialisers belong to (Keras' {@code
 * VarianceScaling}).
 *
 * <p>The fans follow from the weight's shape: its last two axes are inputs and outputs, the axes
 * before them the taps of a convolution.
 *
 * @param scale the variance times the fan
 * @param fan what counts as fan
 * @param distribution the values' distribution
 */
public record VarianceScaling(double scale, Fan fan, Distribution distribution)
    implements Initializer {
  /** Standard deviation of a standard normal cut off at two: values beyond are drawn again. */
  private static final double TRUNCATED_DEVIATION = 0.8796256610342398;

  /** Which connections of a unit are counted. */
  public enum Fan {
    /** Those into it. */
    IN,
    /** Those out of it. */
    OUT,
    /** The mean of both. */
    AVERAGE
  }

  /** How values spread. */
  public enum Distribution {
    /** Evenly around zero. */
    UNIFORM,
    /** Normally around zero, none beyond two deviations. */
    NORMAL
  }

  @Override
  public void fill(Tensor target, Philox stream) {
    double variance = scale / Math.max(1, fan(target.shape()));
    if (distribution == Distribution.UNIFORM) {
      double limit = Math.sqrt(3 * variance);
      Initializer.uniform(-limit, limit).fill(target, stream);
    } else {
      try (Scope scratch = target.scope().child("initializer")) {
        Tensor values = truncatedNormal(target, stream, scratch);
        values.mul(Math.sqrt(variance) / TRUNCATED_DEVIATION).copyInto(target);
      }
    }
  }

  private double fan(Shape shape) {
    int rank = shape.rank();
    double taps = 1;
    for (int axis = 0; axis < rank - 2; axis++) {
      taps *= shape.extent(axis);
    }
    double in = rank == 0 ? 1 : taps * shape.extent(Math.max(0, rank - 2));
    double out = rank == 0 ? 1 : taps * shape.extent(rank - 1);
    return switch (fan) {
      case IN -> in;
      case OUT -> out;
      case AVERAGE -> (in + out) / 2;
    };
  }

  private static Tensor truncatedNormal(Tensor target, Philox stream, Scope scratch) {
    Tensor values = scratch.normal(target.dtype(), Shape.of(target.size()), stream);
    for (long i = 0; i < values.size(); i++) {
      for (int draw = 0; Math.abs(values.value(i)) > 2; draw++) {
        values.set(stream.substream(draw).normal(i), i);
      }
    }
    return values.reshape(target.shape());
  }
}
