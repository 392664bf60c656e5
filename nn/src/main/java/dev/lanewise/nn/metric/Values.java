package dev.lanewise.nn.metric;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;

/** Numbers read from batches. */
final class Values {
  private Values() {}

  /** All elements in row-major order. */
  static double[] of(Tensor tensor) {
    Tensor plain = tensor.untracked();
    return plain.dtype().equals(DType.F64) ? plain.toDoubles() : plain.cast(DType.F64).toDoubles();
  }

  /**
   * Checks that there is one label for each predicted number.
   *
   * @throws IllegalArgumentException if not
   */
  static void requireAlike(String metric, Tensor labels, Tensor prediction) {
    boolean same = labels.shape().equals(prediction.shape());
    boolean column =
        prediction.rank() > 0
            && prediction.extent(-1) == 1
            && labels.shape().equals(prediction.shape().without(-1));
    if (!same && !column) {
      throw unfit(metric, labels, prediction);
    }
  }

  /**
   * Labels that are zeros and ones, in row-major order.
   *
   * @throws IllegalArgumentException if one is neither
   */
  static long[] zerosAndOnes(String metric, Tensor labels, Tensor prediction) {
    double[] values = of(labels);
    long[] marks = new long[values.length];
    for (int i = 0; i < marks.length; i++) {
      if (values[i] != 0 && values[i] != 1) {
        throw new IllegalArgumentException(
            "%s: label %s in place %s is neither 0 nor 1: labels %s x prediction %s"
                .formatted(metric, values[i], place(i, labels), labels.spec(), prediction.shape()));
      }
      marks[i] = (long) values[i];
    }
    return marks;
  }

  /** Such as {@code [3, 1]}. */
  private static String place(long element, Tensor tensor) {
    long[] place = tensor.shape().extents();
    long rest = element;
    for (int axis = place.length - 1; axis >= 0; axis--) {
      long extent = place[axis];
      place[axis] = rest % extent;
      rest /= extent;
    }
    return Arrays.toString(place);
  }

  /**
   * Checks that labels are numbers of classes.
   *
   * @throws IllegalArgumentException if not
   */
  static void requireKnown(
      String metric, long[] truth, int classes, Tensor labels, Tensor prediction) {
    for (int i = 0; i < truth.length; i++) {
      if (truth[i] < 0 || truth[i] >= classes) {
        throw unknown(metric, truth[i], i, classes, labels, prediction);
      }
    }
  }

  static IllegalArgumentException unknown(
      String metric, long label, int place, int classes, Tensor labels, Tensor prediction) {
    return new IllegalArgumentException(
        "%s: label %d in place %d is none of %d classes: labels %s x prediction %s"
            .formatted(metric, label, place, classes, labels.spec(), prediction.shape()));
  }

  /**
   * Checks that a batch has as many classes as there were before.
   *
   * @throws IllegalArgumentException if not
   */
  static void requireClasses(
      String metric, int expected, int classes, Tensor labels, Tensor prediction) {
    if (classes != expected) {
      throw new IllegalArgumentException(
          "%s: %d classes expected: labels %s x prediction %s"
              .formatted(metric, expected, labels.spec(), prediction.shape()));
    }
  }

  static IllegalArgumentException unfit(String metric, Tensor labels, Tensor prediction) {
    return new IllegalArgumentException(
        "%s: labels do not fit: labels %s x prediction %s"
            .formatted(metric, labels.spec(), prediction.shape()));
  }
}
