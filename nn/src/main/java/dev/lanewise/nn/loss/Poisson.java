package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.function.LongUnaryOperator;

/**
 * {@code prediction - label log(prediction + 1e-7)}, the loss of counts whose rate is predicted,
 * averaged over all elements. Labels and prediction: one shape; labels {@code [n]} stand for {@code
 * [n, 1]}. Predictions are not negative. Keras' {@code Poisson}.
 */
public record Poisson() implements Loss {
  /** The loss. */
  public static Poisson of() {
    return new Poisson();
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    Tensor logarithm = prediction.add(Predictions.EPSILON).log();
    return prediction.sub(Predictions.alike(labels, prediction).mul(logarithm));
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Predictions.requireAlike(name(), labels, prediction);
  }
}
