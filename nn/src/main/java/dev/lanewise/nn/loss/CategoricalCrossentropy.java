package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.function.LongUnaryOperator;

/**
 * {@code -sum(label * log p)} over the classes, averaged. Labels: a distribution over the classes,
 * such as one-hot, {@code [n, classes]}. Prediction: {@code [n, classes]} of probabilities or
 * logits; further axes may stand between in both. Keras' {@code CategoricalCrossentropy}.
 *
 * @param fromLogits whether predictions are logits and not probabilities
 */
public record CategoricalCrossentropy(boolean fromLogits) implements Loss {
  /** Of probabilities, such as a softmax gives. */
  public static CategoricalCrossentropy of() {
    return new CategoricalCrossentropy(false);
  }

  /** This loss of logits or of probabilities. */
  public CategoricalCrossentropy fromLogits(boolean wanted) {
    return new CategoricalCrossentropy(wanted);
  }

  @Override
  public Tensor apply(Tensor labels, Tensor prediction) {
    Tensor logits = fromLogits ? prediction : Predictions.softmaxLogits(prediction);
    double share = (double) logits.extent(-1) / logits.size();
    return Predictions.alike(labels, logits).mul(logits.logSoftmax(-1)).sum().mul(-share);
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    if (prediction.rank() < 2 || !labels.shape().equals(prediction)) {
      throw new IllegalArgumentException(
          name()
              + ": a distribution over the classes expected: labels "
              + labels.spec()
              + " x prediction "
              + prediction
              + ": use SparseCategoricalCrossentropy for classes as numbers");
    }
  }
}
