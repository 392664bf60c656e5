package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Clip;
import dev.lanewise.tensor.op.Ops;
import java.util.function.LongUnaryOperator;

/**
 * {@code -sum(label * prediction) / (|label| |prediction|)} over the last axis, averaged: -1 where
 * both point the same way, 0 where one is zero or they are orthogonal. Labels and prediction:
 * {@code [n, values]}; further axes may stand between. Keras' {@code CosineSimilarity}.
 */
public record CosineSimilarity() implements Loss {
  /** The least square of a length, so that a zero vector has no infinite inverse. */
  private static final double LEAST = 1e-12;

  /** The loss. */
  public static CosineSimilarity of() {
    return new CosineSimilarity();
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    Tensor truth = Predictions.alike(labels, prediction);
    Tensor product = truth.mul(prediction).sum(-1);
    return product.mul(inverseLength(truth)).mul(inverseLength(prediction)).neg();
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Predictions.requireVectors(name(), "vectors along the last axis", labels, prediction);
  }

  private static Tensor inverseLength(Tensor vectors) {
    Tensor square = vectors.square().sum(-1);
    return square.apply(new Clip(LEAST, Double.POSITIVE_INFINITY)).apply(Ops.RSQRT);
  }
}
