package dev.lanewise.nn.data;

import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;

/** A run of the samples of another set. */
record Slice(DataSet whole, long from, long to) implements DataSet {
  Slice {
    if (from < 0 || from > to || to > whole.size()) {
      throw new IndexOutOfBoundsException(
          "dataSet: samples %d to %d of %d".formatted(from, to, whole.size()));
    }
  }

  @Override
  public long size() {
    return to - from;
  }

  @Override
  public Spec features() {
    return whole.features();
  }

  @Override
  public Spec labels() {
    return whole.labels();
  }

  @Override
  public void read(long sample, long row, Tensor features, Tensor labels) {
    whole.read(from + sample, row, features, labels);
  }
}
