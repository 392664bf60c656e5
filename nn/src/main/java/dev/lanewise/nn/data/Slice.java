package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;
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
  public DataSet epoch(Philox stream) {
    return new Slice(whole.epoch(stream), from, to);
  }

  @Override
  public void readFeatures(long sample, long row, Tensor features) {
    whole.readFeatures(from + sample, row, features);
  }

  @Override
  public void readLabel(long sample, long row, Tensor labels) {
    whole.readLabel(from + sample, row, labels);
  }
}
