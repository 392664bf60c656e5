package dev.lanewise.nn.data;

import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;

/**
 * Windows over rows of time: sample {@code i} begins at row {@code i * stride}. The rows are held
 * once, however much the windows overlap.
 *
 * @param rows what features are made of
 * @param targets what labels are made of, a row for each of {@code rows}
 * @param length rows of one sample's features
 * @param ahead from the first row of the features to the first of the label
 * @param horizon rows of a label
 * @param size how many windows there are
 */
record Windows(
    Rows rows,
    Rows targets,
    long length,
    long ahead,
    long horizon,
    long stride,
    long size,
    Spec features,
    Spec labels)
    implements DataSet {
  @Override
  public void readFeatures(long sample, long row, Tensor into) {
    rows.copy(sample * stride, length, row, into);
  }

  @Override
  public void readLabel(long sample, long row, Tensor into) {
    targets.copy(sample * stride + ahead, horizon, row, into);
  }

  /** How many windows of {@code reach} rows lie within {@code rows}. */
  static long count(long rows, long reach, long stride) {
    return rows < reach ? 0 : (rows - reach) / stride + 1;
  }
}
