package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;

/** A set whose samples have another shape of the same size. */
record Reshaped(DataSet whole, Shape sample) implements DataSet {
  Reshaped {
    if (sample.size() != whole.features().shape().size()) {
      throw new IllegalArgumentException(
          "reshaped: no %s from samples of %s".formatted(sample, whole.features()));
    }
  }

  @Override
  public long size() {
    return whole.size();
  }

  @Override
  public Spec features() {
    return Spec.of(whole.features().dtype(), sample);
  }

  @Override
  public Spec labels() {
    return whole.labels();
  }

  @Override
  public DataSet epoch(Philox stream) {
    return new Reshaped(whole.epoch(stream), sample);
  }

  @Override
  public void readFeatures(long number, long row, Tensor features) {
    Shape rows = whole.features().shape().inserted(0, features.extent(0));
    whole.readFeatures(number, row, features.untracked().reshape(rows));
  }

  @Override
  public void readLabel(long number, long row, Tensor labels) {
    whole.readLabel(number, row, labels);
  }
}
