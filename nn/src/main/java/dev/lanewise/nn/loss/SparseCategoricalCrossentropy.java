package dev.lanewise.nn.loss;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.function.LongUnaryOperator;

/**
 * {@code -log p[label]}, averaged. Labels: classes as numbers, {@code [n]} or {@code [n, 1]} of i32
 * or i64. Prediction: {@code [n, classes]} of probabilities or logits; further axes may stand
 * between in both. Keras' {@code SparseCategoricalCrossentropy}.
 *
 * @param fromLogits whether predictions are logits and not probabilities
 */
public record SparseCategoricalCrossentropy(boolean fromLogits) implements Loss {
  /** Of probabilities, such as a softmax gives. */
  public static SparseCategoricalCrossentropy of() {
    return new SparseCategoricalCrossentropy(false);
  }

  /** This loss of logits or of probabilities. */
  public SparseCategoricalCrossentropy fromLogits(boolean wanted) {
    return new SparseCategoricalCrossentropy(wanted);
  }

  @Override
  public Tensor apply(Tensor labels, Tensor prediction) {
    Tensor logits = fromLogits ? prediction : Predictions.softmaxLogits(prediction);
    Tensor rows = logits.rank() == 2 ? logits : logits.reshape(-1, logits.extent(-1));
    Tensor classes = labels.rank() == 1 ? labels : labels.reshape(labels.size());
    return rows.crossEntropy(classes);
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Shape given = labels.shape();
    boolean column = given.rank() == prediction.rank() && given.extent(-1) == 1;
    boolean whole = labels.dtype().equals(DType.I32) || labels.dtype().equals(DType.I64);
    if (!whole
        || prediction.rank() < 2
        || !(column ? given.without(-1) : given).equals(prediction.without(-1))) {
      throw new IllegalArgumentException(
          name()
              + ": classes as i32 or i64, one for each prediction, expected: labels "
              + labels.spec()
              + " x prediction "
              + prediction);
    }
    long classes = prediction.extent(-1);
    long perRow = Math.max(1, labels.size() / Math.max(1, given.extent(0)));
    Tensor flat = labels.reshape(labels.size());
    for (long i = 0; i < flat.size(); i++) {
      long label = flat.longValue(i);
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException(
            "%s: label %d of sample %d is none of %d classes: labels %s x prediction %s"
                .formatted(
                    name(), label, sample.applyAsLong(i / perRow), classes, given, prediction));
      }
    }
  }
}
