package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;

/** The features of one set with those of another as labels: what a network is to make of them. */
record Zipped(DataSet from, DataSet to) implements DataSet {
  Zipped {
    if (from.size() != to.size()) {
      throw new IllegalArgumentException(
          "dataSet: %d samples of %s, but %d of %s"
              .formatted(from.size(), from.features(), to.size(), to.features()));
    }
  }

  @Override
  public long size() {
    return from.size();
  }

  @Override
  public Spec features() {
    return from.features();
  }

  @Override
  public Spec labels() {
    return to.features();
  }

  @Override
  public DataSet epoch(Philox stream) {
    return new Zipped(from.epoch(stream.substream(0)), to.epoch(stream.substream(1)));
  }

  @Override
  public void readFeatures(long sample, long row, Tensor features) {
    from.readFeatures(sample, row, features);
  }

  @Override
  public void readLabel(long sample, long row, Tensor labels) {
    to.readFeatures(sample, row, labels);
  }
}
