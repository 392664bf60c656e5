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
 * @param smoothing how far labels are moved towards one half, from 0 to 1
 */
public record BinaryCrossentropy(boolean fromLogits, double smoothing) implements Loss {
  /** Checks the smoothing. */
  public BinaryCrossentropy {
    Predictions.requireSmoothing("binaryCrossentropy", smoothing);
  }

  /** Of probabilities, such as a sigmoid gives. */
  public static BinaryCrossentropy of() {
    return new BinaryCrossentropy(false, 0);
  }

  /** This loss of logits or of probabilities. */
  public BinaryCrossentropy fromLogits(boolean wanted) {
    return new BinaryCrossentropy(wanted, smoothing);
  }

  /** This loss with smoothed labels: {@code label (1 - smoothing) + smoothing / 2}. */
  public BinaryCrossentropy smoothing(double other) {
    return new BinaryCrossentropy(fromLogits, other);
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    Tensor logits = fromLogits ? prediction : Predictions.sigmoidLogits(prediction);
    Tensor targets = Predictions.smoothed(Predictions.alike(labels, logits), smoothing, 0.5);
    return logits.apply(Ops.SOFTPLUS).sub(targets.mul(logits));
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Predictions.requireAlike(name(), labels, prediction);
    Predictions.requireValues(
        name(), labels, prediction, sample, "between 0 and 1", label -> label >= 0 && label <= 1);
  }
}
