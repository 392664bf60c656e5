package dev.lanewise.nn.data;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;

/**
 * The features or the labels of a set as rows of the last axis, visited in order: what scalers are
 * fitted on.
 *
 * @param user named in errors
 */
record FeatureColumns(String user, DataSet data, boolean ofFeatures) {
  /** Takes in one row. */
  @FunctionalInterface
  interface Visitor {
    /** A row, which begins at {@code at} among the values. */
    void visit(float[] values, int at);
  }

  FeatureColumns {
    if (data.size() == 0) {
      throw new IllegalArgumentException(user + ": the data set is empty");
    }
    Spec spec = ofFeatures ? data.features() : data.labels();
    if (!spec.dtype().equals(DType.F32) || spec.shape().size() == 0) {
      throw new IllegalArgumentException(user + ": f32 expected: " + spec);
    }
  }

  /** The extent of the last axis, 1 where there is none. */
  static long width(Shape sample) {
    return sample.rank() == 0 ? 1 : sample.extent(-1);
  }

  Spec spec() {
    return ofFeatures ? data.features() : data.labels();
  }

  int width() {
    return Math.toIntExact(width(spec().shape()));
  }

  /**
   * Visits every row of every sample.
   *
   * @throws IllegalArgumentException if a value is not finite
   */
  void each(Visitor visitor) {
    int width = width();
    long[] extents = new long[spec().shape().rank() + 1];
    extents[0] = 1;
    System.arraycopy(spec().shape().extents(), 0, extents, 1, extents.length - 1);
    float[] values = new float[Math.toIntExact(spec().shape().size())];
    try (Scope scope = Scope.open(user)) {
      Tensor sample = scope.empty(DType.F32, Shape.of(extents));
      for (long number = 0; number < data.size(); number++) {
        if (ofFeatures) {
          data.readFeatures(number, 0, sample);
        } else {
          data.readLabel(number, 0, sample);
        }
        sample.copyTo(values);
        for (int at = 0; at < values.length; at += width) {
          requireFinite(number, values, at, width);
          visitor.visit(values, at);
        }
      }
    }
  }

  private void requireFinite(long number, float[] values, int at, int width) {
    for (int i = 0; i < width; i++) {
      if (!Float.isFinite(values[at + i])) {
        throw new IllegalArgumentException(
            "%s: feature %d of sample %d is %s".formatted(user, i, number, values[at + i]));
      }
    }
  }

  /**
   * Reads an f64 entry of one value for each feature.
   *
   * @param width how many are expected, or 0 for any number but none
   */
  static double[] read(Safetensors file, String name, int width) throws IOException {
    try (Scope scope = Scope.open("scaler")) {
      double[] values = StoredTexts.entry(file, name, DType.F64, scope).toDoubles();
      if (values.length == 0 || (width != 0 && values.length != width)) {
        throw new IOException(
            "%s: entry '%s' has %d values, %s expected"
                .formatted(file.path(), name, values.length, width == 0 ? "at least 1" : width));
      }
      if (!Arrays.stream(values).allMatch(Double::isFinite)) {
        throw new IOException(
            "%s: entry '%s' is not finite: %s"
                .formatted(file.path(), name, Arrays.toString(values)));
      }
      return values;
    }
  }
}
