package dev.lanewise.nn.data;

import dev.lanewise.nn.io.MappedRows;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;

/** A row of one file for the features of each sample, and one of another for its label. */
record StreamedRows(MappedRows featureRows, MappedRows labelRows) implements DataSet {
  StreamedRows {
    if (featureRows.count() != labelRows.count()) {
      throw new IllegalArgumentException(
          "dataSet: %d samples of %s in %s, but %d labels of %s in %s"
              .formatted(
                  featureRows.count(),
                  featureRows.row(),
                  featureRows.path(),
                  labelRows.count(),
                  labelRows.row(),
                  labelRows.path()));
    }
  }

  @Override
  public long size() {
    return featureRows.count();
  }

  @Override
  public Spec features() {
    return featureRows.row();
  }

  @Override
  public Spec labels() {
    return labelRows.row();
  }

  @Override
  public void readFeatures(long sample, long row, Tensor features) {
    featureRows.copy(sample, row, features);
  }

  @Override
  public void readLabel(long sample, long row, Tensor labels) {
    labelRows.copy(sample, row, labels);
  }
}
