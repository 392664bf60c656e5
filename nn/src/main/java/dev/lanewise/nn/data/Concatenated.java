package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;

/** The samples of one set, then those of another. */
record Concatenated(DataSet first, DataSet second) implements DataSet {
  Concatenated {
    if (!isSame(first.features(), second.features()) || !isSame(first.labels(), second.labels())) {
      throw new IllegalArgumentException(
          "dataSet: samples differ: %s with %s, then %s with %s"
              .formatted(first.features(), first.labels(), second.features(), second.labels()));
    }
  }

  private static boolean isSame(Spec one, Spec other) {
    return one.dtype().equals(other.dtype()) && one.shape().equals(other.shape());
  }

  @Override
  public long size() {
    return first.size() + second.size();
  }

  @Override
  public Spec features() {
    return first.features();
  }

  @Override
  public Spec labels() {
    return first.labels();
  }

  @Override
  public DataSet epoch(Philox stream) {
    return new Concatenated(first.epoch(stream.substream(0)), second.epoch(stream.substream(1)));
  }

  @Override
  public void readFeatures(long sample, long row, Tensor features) {
    long behind = sample - first.size();
    if (behind < 0) {
      first.readFeatures(sample, row, features);
    } else {
      second.readFeatures(behind, row, features);
    }
  }

  @Override
  public void readLabel(long sample, long row, Tensor labels) {
    long behind = sample - first.size();
    if (behind < 0) {
      first.readLabel(sample, row, labels);
    } else {
      second.readLabel(behind, row, labels);
    }
  }
}
