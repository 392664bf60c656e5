package dev.lanewise.nn;

import dev.lanewise.nn.data.Batches;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.Map;
import java.util.function.LongToDoubleFunction;

/**
 * How much each sample counts in training: the weight of its class times its own.
 *
 * @param classes weights by class; 1 where there is none
 * @param samples weights by number in the data set, or null
 */
record SampleWeights(Map<Integer, Double> classes, LongToDoubleFunction samples) {
  /** Whether all weights are one. */
  boolean areEven() {
    return classes.isEmpty() && samples == null;
  }

  /**
   * The weights of a batch, {@code [n]} of a floating type.
   *
   * @throws IllegalArgumentException if weights of classes are asked for and labels are none
   */
  Tensor of(Batches batches, long index, Tensor labels, DType dtype, Scope scope) {
    int rows = batches.rows(index);
    double[] weights = new double[rows];
    long[] classOf = classes.isEmpty() ? null : classes(labels, rows);
    for (int row = 0; row < rows; row++) {
      double weight = samples == null ? 1 : samples.applyAsDouble(batches.sample(index, row));
      if (classOf != null) {
        weight *= classes.getOrDefault(Math.toIntExact(classOf[row]), 1.0);
      }
      weights[row] = weight;
    }
    Tensor wide = scope.tensor(Shape.of(rows), weights);
    return dtype.equals(DType.F64) ? wide : wide.cast(dtype);
  }

  /** Classes as numbers, one for each sample, or the greatest places of distributions. */
  private static long[] classes(Tensor labels, int rows) {
    if (labels.size() == rows) {
      return labels.cast(DType.I64).toLongs();
    }
    if (labels.rank() == 2 && labels.dtype().isFloating()) {
      return labels.argmax(-1).toLongs();
    }
    throw new IllegalArgumentException(
        "fit: class weights need one class for each sample: labels " + labels.spec());
  }
}
