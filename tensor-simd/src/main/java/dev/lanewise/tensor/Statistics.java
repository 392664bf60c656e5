package dev.lanewise.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * What the values of a tensor are like. The numbers are those of its finite values.
 *
 * @param shape of the tensor
 * @param min the least; NaN where no value is finite
 * @param max the greatest; NaN where no value is finite
 * @param mean their mean; NaN where no value is finite
 * @param norm the root of the sum of their squares
 * @param nan how many values are NaN
 * @param infinite how many are infinite
 */
public record Statistics(
    Shape shape, double min, double max, double mean, double norm, long nan, long infinite) {
  private static final MathContext DIGITS = new MathContext(4);

  /**
   * Reads all values of a tensor of any type.
   *
   * @throws IllegalStateException if its scope is closed
   */
  public static Statistics of(Tensor tensor) {
    tensor.requireAlive("statistics");
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double squares = 0;
    long nan = 0;
    long infinite = 0;
    for (long i = 0; i < tensor.size(); i++) {
      double value = tensor.doubleAt(i);
      if (Double.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
        sum += value;
        squares += value * value;
      } else if (Double.isNaN(value)) {
        nan++;
      } else {
        infinite++;
      }
    }
    long finite = tensor.size() - nan - infinite;
    return new Statistics(
        tensor.shape(),
        finite == 0 ? Double.NaN : min,
        finite == 0 ? Double.NaN : max,
        sum / finite,
        Math.sqrt(squares),
        nan,
        infinite);
  }

  /** The greatest absolute value; NaN where no value is finite. */
  public double magnitude() {
    return Math.max(Math.abs(min), Math.abs(max));
  }

  /** Whether no value is NaN or infinite. */
  public boolean isFinite() {
    return nan == 0 && infinite == 0;
  }

  /** As {@link #isFinite}, without the other numbers and so in less time. */
  static boolean isFinite(Tensor tensor) {
    if (!tensor.dtype().isFloating()) {
      return true;
    }
    if (tensor.layout().isDense()) {
      return tensor.dtype().equals(DType.F32)
          ? areFloatsFinite(tensor.memory(), tensor.at(), tensor.size())
          : areDoublesFinite(tensor.memory(), tensor.at(), tensor.size());
    }
    for (long i = 0; i < tensor.size(); i++) {
      if (!Double.isFinite(tensor.doubleAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Bits without a sign grow with the magnitude; a maximum of integers is a vector loop. */
  private static boolean areFloatsFinite(MemorySegment memory, long at, long count) {
    int greatest = 0;
    for (long i = 0; i < count; i++) {
      int bits = memory.get(ValueLayout.JAVA_INT_UNALIGNED, at + i * Float.BYTES);
      greatest = Math.max(greatest, bits & Integer.MAX_VALUE);
    }
    return Float.isFinite(Float.intBitsToFloat(greatest));
  }

  private static boolean areDoublesFinite(MemorySegment memory, long at, long count) {
    long greatest = 0;
    for (long i = 0; i < count; i++) {
      long bits = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at + i * Double.BYTES);
      greatest = Math.max(greatest, bits & Long.MAX_VALUE);
    }
    return Double.isFinite(Double.longBitsToDouble(greatest));
  }

  /** One line: {@code [3] (min -1, max 2, mean 0.5, 0 NaN, 0 infinite)}. */
  @Override
  public String toString() {
    return "%s (min %s, max %s, mean %s, %d NaN, %d infinite)"
        .formatted(shape, said(min), said(max), said(mean), nan, infinite);
  }

  private static String said(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(DIGITS).stripTrailingZeros().toString()
        : "none";
  }
}
