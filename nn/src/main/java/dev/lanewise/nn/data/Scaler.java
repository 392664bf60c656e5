package dev.lanewise.nn.data;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.util.Map;

/**
 * A linear change of each feature on its own, fitted on training data, with its inverse.
 *
 * <p>The features are the last axis of a sample: the columns of a table, the channels of an image
 * or of a series; a sample without axes is one feature. {@link Transforms} keeps what was fitted in
 * the model's file, bit for bit. Immutable; threads may share it.
 */
public sealed interface Scaler extends Transform permits Standardizer, MinMaxScaler {
  /** How many features it was fitted on. */
  int features();

  /** A value of a feature, changed. */
  double apply(int feature, double value);

  /** The value that {@link #apply(int, double)} made this one of. */
  double inverse(int feature, double value);

  /** What a safetensors file keeps of it, f64 {@code [features]} each, under {@code name}. */
  @Override
  Map<String, Tensor> entries(String name, Scope scope);

  /** Changes rows of features, one after the other, in place; returns them. */
  default float[] apply(float[] rows) {
    requireRows(rows.length);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) apply(i % features(), rows[i]);
    }
    return rows;
  }

  /** Changes rows of features back, in place; returns them. */
  default float[] inverse(float[] rows) {
    requireRows(rows.length);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) inverse(i % features(), rows[i]);
    }
    return rows;
  }

  private void requireRows(int values) {
    if (values % features() != 0) {
      throw new IllegalArgumentException(
          "scaler: %d values are no rows of %d features".formatted(values, features()));
    }
  }

  /** A changed, untracked copy of an f32 tensor {@code [..., features]} in its scope. */
  default Tensor apply(Tensor x) {
    requireLast("apply", x);
    return x.scope().tensor(x.shape(), apply(x.toFloats()));
  }

  /** A copy of an f32 tensor {@code [..., features]}, changed back, untracked, in its scope. */
  default Tensor inverse(Tensor x) {
    requireLast("inverse", x);
    return x.scope().tensor(x.shape(), inverse(x.toFloats()));
  }

  private void requireLast(String user, Tensor x) {
    if (!x.dtype().equals(DType.F32) || FeatureColumns.width(x.shape()) != features()) {
      throw new IllegalArgumentException(
          "%s: %s: f32 with a last axis of %d expected".formatted(user, x.spec(), features()));
    }
  }

  /** A set with its features changed as they are read. */
  default DataSet applyToFeatures(DataSet data) {
    return new Scaled(data, this, true);
  }

  /** A set with its labels changed as they are read. */
  default DataSet applyToLabels(DataSet data) {
    return new Scaled(data, this, false);
  }
}
