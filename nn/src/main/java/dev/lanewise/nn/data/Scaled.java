package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A set whose features or labels are scaled when they are read. */
record Scaled(DataSet whole, Scaler scaler, boolean ofFeatures) implements DataSet {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  Scaled {
    Spec spec = ofFeatures ? whole.features() : whole.labels();
    if (!spec.dtype().equals(DType.F32)
        || FeatureColumns.width(spec.shape()) != scaler.features()) {
      throw new IllegalArgumentException(
          "scaler: %s of %s: f32 with a last axis of %d expected"
              .formatted(ofFeatures ? "features" : "labels", spec, scaler.features()));
    }
  }

  @Override
  public long size() {
    return whole.size();
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
    return new Scaled(whole.epoch(stream), scaler, ofFeatures);
  }

  @Override
  public void readFeatures(long sample, long row, Tensor features) {
    whole.readFeatures(sample, row, features);
    if (ofFeatures) {
      scale(row, features, features().shape().size());
    }
  }

  @Override
  public void readLabel(long sample, long row, Tensor labels) {
    whole.readLabel(sample, row, labels);
    if (!ofFeatures) {
      scale(row, labels, labels().shape().size());
    }
  }

  private void scale(long row, Tensor batch, long values) {
    MemorySegment memory = batch.memory();
    long at = batch.at() + row * values * Float.BYTES;
    int feature = 0;
    for (long end = at + values * Float.BYTES; at < end; at += Float.BYTES) {
      memory.set(FLOAT, at, (float) scaler.apply(feature, memory.get(FLOAT, at)));
      feature = feature + 1 == scaler.features() ? 0 : feature + 1;
    }
  }
}
