package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Mean;
import dev.lanewise.tensor.op.Ops;

/**
 * {@code gamma (x - mean) / sqrt(variance + epsilon) + beta}, mean and variance over each group of
 * neighbouring channels and all places of a sample (Wu and He 2018). Input and output: {@code [...,
 * channels]}. Weights: {@code gamma}, {@code beta}, both {@code [channels]}. Keras' {@code
 * GroupNormalization}.
 *
 * @param groups into which the channels are divided; -1 for a channel each, which is instance
 *     normalisation
 * @param epsilon keeps the root from zero
 * @param center whether there is a beta
 * @param scale whether there is a gamma
 */
public record GroupNormalization(long groups, double epsilon, boolean center, boolean scale)
    implements Layer {
  /** Checks the numbers. */
  public GroupNormalization {
    if (!((groups >= 1 || groups == -1) && epsilon > 0)) {
      throw new IllegalArgumentException(
          "groupNormalization: at least one group, or -1, and a positive epsilon, not %d and %s"
              .formatted(groups, epsilon));
    }
  }

  /** So many groups, with Keras' epsilon, 0.001. */
  public static GroupNormalization of(long groups) {
    return new GroupNormalization(groups, 1e-3, true, true);
  }

  /** Keras' 32 groups. */
  public static GroupNormalization of() {
    return of(32);
  }

  /** This layer with another epsilon. */
  public GroupNormalization epsilon(double other) {
    return new GroupNormalization(groups, other, center, scale);
  }

  /** This layer with or without a beta. */
  public GroupNormalization center(boolean wanted) {
    return new GroupNormalization(groups, epsilon, wanted, scale);
  }

  /** This layer with or without a gamma. */
  public GroupNormalization scale(boolean wanted) {
    return new GroupNormalization(groups, epsilon, center, wanted);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    if (input.rank() == 0) {
      throw error("at least one axis expected", input);
    }
    long channels = input.extent(-1);
    long count = groups == -1 ? channels : groups;
    if (channels % count != 0) {
      throw error(count + " groups do not divide the channels", input);
    }
    Shape each = Shape.of(channels);
    Parameter gamma = scale ? weights.weight("gamma", each, Initializer.ONES) : null;
    Parameter beta = center ? weights.weight("beta", each, Initializer.ZEROS) : null;
    long places = input.size() / channels;
    int[] axes = {1, 3};
    Mean mean = Mean.over(axes, true);
    return Block.of(
            input,
            (x, _) -> {
              Tensor grouped = x.reshape(x.extent(0), places, count, channels / count);
              Tensor centred = grouped.sub(mean.apply(grouped));
              Tensor variance = mean.apply(centred.square());
              Tensor y = centred.mul(variance.add(epsilon).apply(Ops.RSQRT)).reshape(x.shape());
              Tensor scaled = gamma == null ? y : y.mul(gamma.with(y));
              return beta == null ? scaled : scaled.add(beta.with(scaled));
            })
        .keepingMask();
  }
}
