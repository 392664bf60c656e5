package dev.lanewise.nn.metric;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Tensor;

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

  static IllegalArgumentException unfit(String metric, Tensor labels, Tensor prediction) {
    return new IllegalArgumentException(
        "%s: labels do not fit: labels %s x prediction %s"
            .formatted(metric, labels.spec(), prediction.shape()));
  }
}
