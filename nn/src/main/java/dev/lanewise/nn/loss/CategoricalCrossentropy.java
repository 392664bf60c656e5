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
 * @param smoothing the part of each label that is spread evenly over the classes, from 0 to 1
 */
public record CategoricalCrossentropy(boolean fromLogits, double smoothing) implements Loss {
  /** Checks the smoothing. */
  public CategoricalCrossentropy {
    Predictions.requireSmoothing("categoricalCrossentropy", smoothing);
  }

  /** Of probabilities, such as a softmax gives. */
  public static CategoricalCrossentropy of() {
    return new CategoricalCrossentropy(false, 0);
  }

  /** This loss of logits or of probabilities. */
  public CategoricalCrossentropy fromLogits(boolean wanted) {
    return new CategoricalCrossentropy(wanted, smoothing);
  }

  /**
   * This loss with smoothed labels (Szegedy et al. 2016): {@code label (1 - smoothing) + smoothing
   * / classes}.
   */
  public CategoricalCrossentropy smoothing(double other) {
    return new CategoricalCrossentropy(fromLogits, other);
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    Tensor logits = fromLogits ? prediction : Predictions.softmaxLogits(prediction);
    double even = 1.0 / logits.extent(-1);
    Tensor targets = Predictions.smoothed(Predictions.alike(labels, logits), smoothing, even);
    return targets.mul(logits.logSoftmax(-1)).sum(-1).neg();
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
