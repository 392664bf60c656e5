package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.function.LongUnaryOperator;

/**
 * {@code (label - prediction)^2}, averaged over all elements. Labels and prediction: one shape;
 * labels {@code [n]} stand for {@code [n, 1]}. Keras' {@code MeanSquaredError}.
 */
public record MeanSquaredError() implements Loss {
  /** The loss. */
  public static MeanSquaredError of() {
    return new MeanSquaredError();
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    return prediction.sub(Predictions.alike(labels, prediction)).square();
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Predictions.requireAlike(name(), labels, prediction);
  }
}
