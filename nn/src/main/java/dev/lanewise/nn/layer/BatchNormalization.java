package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Mean;
import dev.lanewise.tensor.op.Ops;

/**
 * {@code gamma (x - mean) / sqrt(variance + epsilon) + beta}, channel by channel along the last
 * axis (Ioffe and Szegedy 2015). In training, mean and variance (of n, not n - 1) are those of the
 * batch, and running means of both move towards them: {@code moving = momentum moving + (1 -
 * momentum) batch}; otherwise the running means are used. Input and output: {@code [...,
 * channels]}. Weights: {@code gamma}, {@code beta}; buffers: {@code moving_mean}, {@code
 * moving_variance}, all {@code [channels]}. Keras' {@code BatchNormalization}; PyTorch calls 1 -
 * momentum momentum, and its running variance is of n - 1.
 *
 * <p>Places that a mask leaves out take no part in mean and variance.
 *
 * @param momentum of the running means
 * @param epsilon keeps the root from zero
 * @param center whether there is a beta
 * @param scale whether there is a gamma
 */
public record BatchNormalization(double momentum, double epsilon, boolean center, boolean scale)
    implements Layer {
  /** Keeps the mean of a batch of which no place counts a number. */
  private static final double SMALL = 1e-7;

  /** Checks the numbers. */
  public BatchNormalization {
    if (!(momentum >= 0 && momentum < 1 && epsilon > 0)) {
      throw new IllegalArgumentException(
          "batchNormalization: a momentum from 0 below 1 and a positive epsilon, not %s and %s"
              .formatted(momentum, epsilon));
    }
  }

  /** With Keras' numbers: momentum 0.99, epsilon 0.001. */
  public static BatchNormalization of() {
    return new BatchNormalization(0.99, 1e-3, true, true);
  }

  /** This layer with another momentum. */
  public BatchNormalization momentum(double other) {
    return new BatchNormalization(other, epsilon, center, scale);
  }

  /** This layer with another epsilon. */
  public BatchNormalization epsilon(double other) {
    return new BatchNormalization(momentum, other, center, scale);
  }

  /** This layer with or without a beta. */
  public BatchNormalization center(boolean wanted) {
    return new BatchNormalization(momentum, epsilon, wanted, scale);
  }

  /** This layer with or without a gamma. */
  public BatchNormalization scale(boolean wanted) {
    return new BatchNormalization(momentum, epsilon, center, wanted);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    if (input.rank() == 0) {
      throw error("at least one axis expected", input);
    }
    Shape channels = Shape.of(input.extent(-1));
    Parameter gamma = scale ? weights.weight("gamma", channels, Initializer.ONES) : null;
    Parameter beta = center ? weights.weight("beta", channels, Initializer.ZEROS) : null;
    Parameter mean = weights.buffer("moving_mean", channels, Initializer.ZEROS);
    Parameter variance = weights.buffer("moving_variance", channels, Initializer.ONES);
    return Block.ofMasked(
        input,
        (given, pass) -> {
          Masked batch = given.getFirst();
          Tensor x = batch.values();
          return batch.with(
              pass.isTraining()
                  ? trained(batch, gamma, beta, mean, variance)
                  : normalised(x.sub(mean.with(x)), variance.with(x), gamma, beta));
        });
  }

  private Tensor trained(
      Masked batch, Parameter gamma, Parameter beta, Parameter mean, Parameter variance) {
    Tensor batchMean = mean(batch);
    Tensor centred = batch.values().sub(batchMean);
    Tensor batchVariance = mean(batch.with(centred.square()));
    move(mean, batchMean);
    move(variance, batchVariance);
    return normalised(centred, batchVariance, gamma, beta);
  }

  /** The mean of each channel over the places that count. */
  private static Tensor mean(Masked batch) {
    Tensor x = batch.values();
    int[] axes = new int[x.rank() - 1];
    for (int axis = 0; axis < axes.length; axis++) {
      axes[axis] = axis;
    }
    if (!batch.isMasked()) {
      return Mean.over(axes, false).apply(x);
    }
    Tensor factors = batch.factors();
    long places = x.size() / x.extent(-1);
    long bits = factors.size() / factors.extent(-1);
    double each = 1.0 * places / bits;
    return batch.counted().sum(axes).div(factors.sum(axes).mul(each).add(SMALL));
  }

  private Tensor normalised(Tensor centred, Tensor variance, Parameter gamma, Parameter beta) {
    Tensor factor = variance.add(epsilon).apply(Ops.RSQRT);
    Tensor scaled = centred.mul(gamma == null ? factor : factor.mul(gamma.with(factor)));
    return beta == null ? scaled : scaled.add(beta.with(scaled));
  }

  private void move(Parameter running, Tensor batch) {
    Tensor now = batch.untracked();
    running.assign(running.with(now).mul(momentum).add(now.mul(1 - momentum)));
  }
}
