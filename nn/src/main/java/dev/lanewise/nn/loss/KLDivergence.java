package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Clip;
import java.util.function.LongUnaryOperator;

/**
 * {@code sum(label * log(label / p))} over the last axis, averaged: how far a distribution is from
 * another (Kullback and Leibler 1951). Labels and prediction: probabilities {@code [n, classes]};
 * further axes may stand between. Probabilities below 1e-7 count as that. Keras' {@code
 * KLDivergence}.
 */
public record KLDivergence() implements Loss {
  /** The loss. */
  public static KLDivergence of() {
    return new KLDivergence();
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    Tensor truth = Predictions.alike(labels, prediction).apply(new Clip(Predictions.EPSILON, 1));
    return truth.mul(truth.log().sub(Predictions.logarithms(prediction))).sum(-1);
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Predictions.requireVectors(name(), "a distribution over the last axis", labels, prediction);
  }

  @Override
  public String name() {
    return "klDivergence";
  }
}
