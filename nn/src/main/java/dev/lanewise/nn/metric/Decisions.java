package dev.lanewise.nn.metric;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/**
 * Predictions and labels as numbers of classes. Where each sample has one class, how to read them
 * follows from their shapes, as in Keras:
 *
 * <ul>
 *   <li>labels as numbers, predictions {@code [n, classes]}: the greatest prediction is the class;
 *   <li>labels of the predictions' shape {@code [n, classes]}: the greatest of either;
 *   <li>one number each, predictions {@code [n, 1]} or {@code [n]}: class 1 above a threshold, else
 *       class 0.
 * </ul>
 *
 * <p>Where a sample may have several labels, both are {@code [n, labels]} and each of their
 * elements is a decision of its own in row-major order: 1 above the threshold, else 0.
 */
final class Decisions {
  private final long[] truth;
  private final long[] said;
  private final int classes;
  private final boolean byThreshold;

  private Decisions(long[] truth, long[] said, long classes, boolean byThreshold) {
    this.truth = truth;
    this.said = said;
    this.classes = (int) classes;
    this.byThreshold = byThreshold;
  }

  /** How many there are: one for each sample, or one for each label of each. */
  int count() {
    return truth.length;
  }

  /** The class of a label. */
  long truth(int i) {
    return truth[i];
  }

  /** The class of a prediction. */
  int said(int i) {
    return (int) said[i];
  }

  /** How many classes there are, or how many labels. */
  int classes() {
    return classes;
  }

  /** Whether each sample has one class and predictions are one number each. */
  boolean isByThreshold() {
    return byThreshold;
  }

  /**
   * Checks that every label is one of the classes, where each sample has one.
   *
   * @throws IllegalArgumentException if not
   */
  void requireKnown(String metric, Tensor labels, Tensor prediction) {
    Values.requireKnown(metric, truth, classes, labels, prediction);
  }

  /**
   * Reads a batch.
   *
   * @param multiLabel whether a sample may have several labels
   * @throws IllegalArgumentException if labels and prediction do not fit each other
   */
  static Decisions of(
      String metric, double threshold, boolean multiLabel, Tensor labels, Tensor prediction) {
    return multiLabel
        ? ofLabels(metric, threshold, labels, prediction)
        : ofClasses(metric, threshold, labels, prediction);
  }

  private static Decisions ofLabels(
      String metric, double threshold, Tensor labels, Tensor prediction) {
    Shape shape = prediction.shape();
    if (shape.rank() < 2 || shape.extent(-1) == 0 || !labels.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "%s; several labels per sample take both as [n, labels]"
              .formatted(Values.unfit(metric, labels, prediction).getMessage()));
    }
    long[] truth = Values.zerosAndOnes(metric, labels, prediction);
    return new Decisions(truth, above(threshold, prediction), shape.extent(-1), false);
  }

  private static Decisions ofClasses(
      String metric, double threshold, Tensor labels, Tensor prediction) {
    Shape shape = prediction.shape();
    Tensor scores = prediction.untracked();
    long classes = shape.rank() < 2 ? 1 : shape.extent(-1);
    long rows = prediction.size() / Math.max(1, classes);
    if (classes > 1 && isWhole(labels) && labels.size() == rows) {
      long[] truth = labels.cast(DType.I64).toLongs();
      return new Decisions(truth, scores.argmax(-1).toLongs(), classes, false);
    } else if (classes > 1 && labels.shape().equals(shape)) {
      long[] truth = labels.argmax(-1).toLongs();
      return new Decisions(truth, scores.argmax(-1).toLongs(), classes, false);
    } else if (classes == 1 && labels.size() == rows) {
      return new Decisions(above(0.5, labels), above(threshold, scores), 2, true);
    }
    throw Values.unfit(metric, labels, prediction);
  }

  /** Whether labels are classes as numbers. */
  static boolean isWhole(Tensor labels) {
    return labels.dtype().equals(DType.I32) || labels.dtype().equals(DType.I64);
  }

  /** 1 for each number above the limit, else 0; NaN is not above. */
  static long[] above(double limit, Tensor values) {
    double[] wide = Values.of(values);
    long[] above = new long[wide.length];
    for (int i = 0; i < wide.length; i++) {
      above[i] = wide[i] > limit ? 1 : 0;
    }
    return above;
  }
}
