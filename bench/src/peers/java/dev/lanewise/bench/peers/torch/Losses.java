package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.nn.loss.CategoricalCrossentropy;
import dev.lanewise.nn.loss.CosineSimilarity;
import dev.lanewise.nn.loss.Hinge;
import dev.lanewise.nn.loss.Huber;
import dev.lanewise.nn.loss.KLDivergence;
import dev.lanewise.nn.loss.LogCosh;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.loss.MeanAbsoluteError;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.loss.Poisson;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.loss.SquaredHinge;

/** Keras' losses by their formulas, on what the network said and not on what it came from. */
final class Losses {
  private static final double EPSILON = 1e-7;

  private Losses() {}

  /**
   * The mean loss of a batch.
   *
   * @param labels of the prediction's type, classes as numbers too
   */
  static NDArray mean(Loss loss, NDArray labels, NDArray prediction) {
    return switch (loss) {
      case MeanSquaredError _ -> prediction.sub(labels).square().mean();
      case MeanAbsoluteError _ -> prediction.sub(labels).abs().mean();
      case Huber huber -> huber(huber.delta(), prediction.sub(labels)).mean();
      case LogCosh _ -> prediction.sub(labels).cosh().log().mean();
      case Poisson _ -> prediction.sub(labels.mul(prediction.add(EPSILON).log())).mean();
      case CosineSimilarity _ -> cosine(labels, prediction).mean().neg();
      case Hinge _ -> margin(labels, prediction).mean();
      case SquaredHinge _ -> margin(labels, prediction).square().mean();
      case KLDivergence _ -> Torch.lastSum(divergence(labels, prediction)).mean();
      case BinaryCrossentropy binary -> binary(binary, labels, prediction).mean();
      case CategoricalCrossentropy dense ->
          crossed(smoothed(labels, dense.smoothing()), logarithms(prediction, dense.fromLogits()))
              .mean();
      case SparseCategoricalCrossentropy sparse -> sparse(sparse, labels, prediction);
      default -> throw new IllegalArgumentException("parity: no translation of " + loss);
    };
  }

  private static NDArray huber(double delta, NDArray error) {
    NDArray size = error.abs();
    NDArray line = size.sub(delta / 2).mul(delta);
    return Torch.where(size.lte(delta), error.square().div(2.0), line);
  }

  private static NDArray cosine(NDArray labels, NDArray prediction) {
    NDArray product = Torch.lastSum(labels.mul(prediction));
    NDArray lengths =
        Torch.lastSum(labels.square()).sqrt().mul(Torch.lastSum(prediction.square()).sqrt());
    return product.div(lengths);
  }

  /** {@code max(1 - side * prediction, 0)}, the side 1 for labels above 0 and else -1. */
  private static NDArray margin(NDArray labels, NDArray prediction) {
    NDArray side = Torch.where(labels.gt(0.0), labels.onesLike(), labels.onesLike().neg());
    return side.mul(prediction).neg().add(1.0).maximum(0.0);
  }

  private static NDArray divergence(NDArray labels, NDArray prediction) {
    return labels.mul(labels.div(prediction).log());
  }

  private static NDArray binary(BinaryCrossentropy binary, NDArray labels, NDArray prediction) {
    NDArray p = binary.fromLogits() ? Torch.sigmoid(prediction) : prediction;
    double smoothing = binary.smoothing();
    NDArray y = labels.mul(1 - smoothing).add(smoothing / 2);
    NDArray no = p.neg().add(1.0).log();
    return y.mul(p.log()).add(y.neg().add(1.0).mul(no)).neg();
  }

  private static NDArray logarithms(NDArray prediction, boolean logits) {
    return logits ? prediction.logSoftmax(-1) : prediction.log();
  }

  private static NDArray smoothed(NDArray labels, double smoothing) {
    double classes = labels.getShape().get(labels.getShape().dimension() - 1);
    return labels.mul(1 - smoothing).add(smoothing / classes);
  }

  private static NDArray crossed(NDArray labels, NDArray logarithms) {
    return Torch.lastSum(labels.mul(logarithms)).neg();
  }

  /** Ignored labels count as any class, and weigh nothing. */
  private static NDArray sparse(
      SparseCategoricalCrossentropy sparse, NDArray labels, NDArray prediction) {
    int classes = (int) prediction.getShape().get(prediction.getShape().dimension() - 1);
    NDArray counts =
        labels.neq((double) sparse.ignored().orElse(-1)).toType(prediction.getDataType(), false);
    NDArray whole = labels.mul(counts).toType(DataType.INT64, false);
    NDArray hot = whole.oneHot(classes, prediction.getDataType());
    NDArray terms =
        crossed(smoothed(hot, sparse.smoothing()), logarithms(prediction, sparse.fromLogits()));
    return terms.mul(counts).sum().div(counts.sum());
  }
}
