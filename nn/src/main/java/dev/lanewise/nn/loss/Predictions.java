package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Origin;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Clip;
import dev.lanewise.tensor.op.Sigmoid;
import dev.lanewise.tensor.op.Softmax;
import java.util.function.DoublePredicate;
import java.util.function.LongUnaryOperator;

/** What losses need to know of predictions. */
final class Predictions {
  /**
   * Keras' epsilon: probabilities are kept this far from 0 and 1 before their logarithm is taken.
   */
  static final double EPSILON = 1e-7;

  private Predictions() {}

  /**
   * Logits of these probabilities, classes along the last axis: the operand of the softmax that
   * made them, if the tensor knows its origin, else their logarithms.
   */
  static Tensor softmaxLogits(Tensor probabilities) {
    return isSoftmax(probabilities)
        ? probabilities.origin().input(0)
        : probabilities.apply(new Clip(EPSILON, 1 - EPSILON)).log();
  }

  /** The logarithms of these probabilities, by way of their logits if their origin is known. */
  static Tensor logarithms(Tensor probabilities) {
    return isSoftmax(probabilities)
        ? probabilities.origin().input(0).logSoftmax(-1)
        : probabilities.apply(new Clip(EPSILON, 1)).log();
  }

  private static boolean isSoftmax(Tensor probabilities) {
    return op(probabilities) instanceof Softmax softmax
        && probabilities.shape().axis("softmax", softmax.axis()) == probabilities.rank() - 1;
  }

  /**
   * Logits of these probabilities: the operand of the sigmoid that made them, if the tensor knows
   * its origin, else {@code log(p / (1 - p))}.
   */
  static Tensor sigmoidLogits(Tensor probabilities) {
    if (op(probabilities) instanceof Sigmoid) {
      return probabilities.origin().input(0);
    }
    Tensor inside = probabilities.apply(new Clip(EPSILON, 1 - EPSILON));
    return inside.log().sub(inside.neg().add(1).log());
  }

  private static Op op(Tensor tensor) {
    Origin origin = tensor.origin();
    return origin == null ? null : origin.op();
  }

  /** Labels in the type and shape of a prediction: {@code [n]} stands for {@code [n, 1]}. */
  static Tensor alike(Tensor labels, Tensor prediction) {
    Tensor typed =
        labels.dtype().equals(prediction.dtype()) ? labels : labels.cast(prediction.dtype());
    return typed.shape().equals(prediction.shape()) ? typed : typed.reshape(prediction.shape());
  }

  /** {@code labels (1 - smoothing) + smoothing * even}. */
  static Tensor smoothed(Tensor labels, double smoothing, double even) {
    return smoothing == 0 ? labels : labels.mul(1 - smoothing).add(smoothing * even);
  }

  /** Checks a smoothing of labels. */
  static void requireSmoothing(String loss, double smoothing) {
    if (!(smoothing >= 0 && smoothing <= 1)) {
      throw new IllegalArgumentException(loss + ": smoothing from 0 to 1, not " + smoothing);
    }
  }

  /**
   * Checks that labels can be compared with predictions, element by element.
   *
   * @throws IllegalArgumentException if their shapes differ by more than a last axis of one
   */
  static void requireAlike(String loss, Tensor labels, Shape prediction) {
    boolean same = labels.shape().equals(prediction);
    boolean column =
        prediction.rank() > 0
            && prediction.extent(-1) == 1
            && labels.shape().equals(prediction.without(-1));
    if (!same && !column) {
      throw new IllegalArgumentException(
          loss + ": shapes differ: labels " + labels.spec() + " x prediction " + prediction);
    }
  }

  /**
   * Checks that labels have the shape of predictions, with an axis of values behind the batch.
   *
   * @param expected what the labels should be, for the error
   */
  static void requireVectors(String loss, String expected, Tensor labels, Shape prediction) {
    if (prediction.rank() < 2 || !labels.shape().equals(prediction)) {
      throw new IllegalArgumentException(
          "%s: %s expected: labels %s x prediction %s"
              .formatted(loss, expected, labels.spec(), prediction));
    }
  }

  /**
   * Checks every label.
   *
   * @param wanted what the labels should be, for the error: {@code label 3 of sample 7 is not ...}
   */
  static void requireValues(
      String loss,
      Tensor labels,
      Shape prediction,
      LongUnaryOperator sample,
      String wanted,
      DoublePredicate test) {
    long perRow = Math.max(1, labels.size() / Math.max(1, labels.extent(0)));
    Tensor flat = labels.reshape(labels.size());
    for (long i = 0; i < flat.size(); i++) {
      double label = flat.value(i);
      if (!test.test(label)) {
        throw new IllegalArgumentException(
            "%s: label %s of sample %d is not %s: labels %s x prediction %s"
                .formatted(
                    loss,
                    label,
                    sample.applyAsLong(i / perRow),
                    wanted,
                    labels.shape(),
                    prediction));
      }
    }
  }
}
