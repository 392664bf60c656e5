package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import dev.lanewise.nn.layer.BatchNormalization;
import dev.lanewise.nn.layer.GroupNormalization;
import dev.lanewise.nn.layer.LayerNormalization;
import dev.lanewise.nn.layer.RMSNormalization;
import java.util.Arrays;
import java.util.stream.LongStream;

/** Normalisations by PyTorch's own operators, or by the formula where DJL has none. */
final class Normalizations {
  private Normalizations() {}

  /**
   * By {@code batch_norm} over {@code [places, channels]}. With a momentum of one it leaves mean
   * and variance of the batch, that of n - 1; Keras moves its statistics towards the variance of n.
   */
  static NDArray apply(BatchNormalization norm, NDArray x, WeightsInOrder weights) {
    long channels = x.getShape().get(x.getShape().dimension() - 1);
    NDArray rows = x.reshape(-1, channels);
    NDArray gamma = given(weights, "gamma", norm.scale(), rows, 1, channels);
    NDArray beta = given(weights, "beta", norm.center(), rows, 0, channels);
    NDArray mean = weights.next("moving_mean");
    NDArray variance = weights.next("moving_variance");
    if (!weights.isTraining()) {
      return normalized(norm, rows, gamma, beta, mean, variance, false).reshape(x.getShape());
    }
    NDArray batchMean = constant(rows, 0, channels);
    NDArray batchVariance = constant(rows, 0, channels);
    NDArray y = normalized(norm, rows, gamma, beta, batchMean, batchVariance, true);
    double count = rows.getShape().get(0);
    double moved = 1 - norm.momentum();
    mean.muli(norm.momentum()).addi(batchMean.mul(moved));
    variance.muli(norm.momentum()).addi(batchVariance.mul((count - 1) / count).mul(moved));
    return y.reshape(x.getShape());
  }

  private static NDArray normalized(
      BatchNormalization norm,
      NDArray rows,
      NDArray gamma,
      NDArray beta,
      NDArray mean,
      NDArray variance,
      boolean training) {
    return JniUtils.batchNorm(
        Torch.of(rows),
        Torch.of(mean),
        Torch.of(variance),
        Torch.of(gamma),
        Torch.of(beta),
        training,
        1,
        norm.epsilon());
  }

  /** By {@code layer_norm}. */
  static NDArray apply(LayerNormalization norm, NDArray x, WeightsInOrder weights) {
    long[] all = x.getShape().getShape();
    long[] last = Arrays.copyOfRange(all, all.length - norm.axes(), all.length);
    NDArray gamma = given(weights, "gamma", norm.scale(), x, 1, last);
    NDArray beta = given(weights, "beta", norm.center(), x, 0, last);
    return layerNorm(x, gamma, beta, norm.epsilon());
  }

  /** By {@code layer_norm} over the channels of a group and all places. */
  static NDArray apply(GroupNormalization norm, NDArray x, WeightsInOrder weights) {
    Shape shape = x.getShape();
    long samples = shape.get(0);
    long channels = shape.get(shape.dimension() - 1);
    long groups = norm.groups() == -1 ? channels : norm.groups();
    long places = shape.size() / samples / channels;
    NDArray gamma = given(weights, "gamma", norm.scale(), x, 1, channels);
    NDArray beta = given(weights, "beta", norm.center(), x, 0, channels);
    NDArray grouped = x.reshape(samples, places, groups, channels / groups).transpose(0, 2, 1, 3);
    long[] together = {places, channels / groups};
    NDArray ones = constant(x, 1, together);
    NDArray y = layerNorm(grouped, ones, constant(x, 0, together), norm.epsilon());
    return y.transpose(0, 2, 1, 3).reshape(shape).mul(gamma).add(beta);
  }

  /** By the formula. */
  static NDArray apply(RMSNormalization norm, NDArray x, WeightsInOrder weights) {
    int[] axes = new int[norm.axes()];
    double count = 1;
    for (int i = 0; i < axes.length; i++) {
      axes[i] = x.getShape().dimension() - 1 - i;
      count *= x.getShape().get(axes[i]);
    }
    NDArray mean = x.square().sum(axes, true).div(count);
    return x.div(mean.add(norm.epsilon()).sqrt()).mul(weights.next("scale"));
  }

  private static NDArray layerNorm(NDArray x, NDArray gamma, NDArray beta, double epsilon) {
    return JniUtils.layerNorm(
        Torch.of(x), gamma.getShape(), Torch.of(gamma), Torch.of(beta), epsilon);
  }

  private static NDArray given(
      WeightsInOrder weights, String name, boolean wanted, NDArray x, double value, long... shape) {
    return wanted ? weights.next(name) : constant(x, value, shape);
  }

  private static NDArray constant(NDArray x, double value, long... shape) {
    double[] values = new double[Math.toIntExact(LongStream.of(shape).reduce(1, (a, b) -> a * b))];
    Arrays.fill(values, value);
    return x.getManager().create(values, new Shape(shape)).toType(x.getDataType(), false);
  }
}
