package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Ops;
import java.util.function.LongUnaryOperator;

/**
 * {@code -(label log p + (1 - label) log(1 - p))}, averaged over all elements; with logits x it is
 * computed as {@code softplus(x) - label x}, which never takes the logarithm of a rounded number.
 * Labels and prediction: one shape; labels {@code [n]} stand for {@code [n, 1]}. Keras' {@code
 * BinaryCrossentropy}.
 *
 * @param fromLogits whether predictions are logits and not probabilities
 */
public record BinaryCrossentropy(boolean fromLogits) implements Loss {
  /** Of probabilities, such as a sigmoid gives. */
  public static BinaryCrossentropy of() {
    return new BinaryCrossentropy(false);
  }

  /** This loss of logits or of probabilities. */
  public BinaryCrossentropy fromLogits(boolean wanted) {
    return new BinaryCrossentropy(wanted);
  }

  @Override
  public Tensor apply(Tensor labels, Tensor prediction) {
    Tensor logits = fromLogits ? prediction : Predictions.sigmoidLogits(prediction);
    Tensor targets = Predictions.alike(labels, logits);
    return logits.apply(Ops.SOFTPLUS).sub(targets.mul(logits)).mean();
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Predictions.requireAlike(name(), labels, prediction);
    long perRow = Math.max(1, labels.size() / Math.max(1, labels.extent(0)));
    Tensor flat = labels.reshape(labels.size());
    for (long i = 0; i < flat.size(); i++) {
      double label = flat.value(i);
      if (!(label >= 0 && label <= 1)) {
        throw new IllegalArgumentException(
            "%s: label %s of sample %d is not between 0 and 1: labels %s x prediction %s"
                .formatted(
                    name(), label, sample.applyAsLong(i / perRow), labels.shape(), prediction));
      }
    }
  }
}
