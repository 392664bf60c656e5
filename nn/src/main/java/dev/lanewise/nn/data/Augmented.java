package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A set whose samples are changed at random when they are read, each in its own way, in every epoch
 * in another.
 */
record Augmented(DataSet whole, Philox stream, List<Augmentation> augmentations)
    implements DataSet {
  Augmented {
    augmentations = List.copyOf(augmentations);
    if (!whole.features().dtype().equals(DType.F32)) {
      throw new IllegalArgumentException("augmented: f32 expected: " + whole.features());
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
  public DataSet epoch(Philox ofEpoch) {
    return new Augmented(whole.epoch(ofEpoch), ofEpoch, augmentations);
  }

  @Override
  public void readLabel(long sample, long row, Tensor labels) {
    whole.readLabel(sample, row, labels);
  }

  @Override
  public void readFeatures(long sample, long row, Tensor features) {
    whole.readFeatures(sample, row, features);
    float[] values = new float[Math.toIntExact(features().shape().size())];
    MemorySegment heap = MemorySegment.ofArray(values);
    long at = features.at() + row * heap.byteSize();
    MemorySegment.copy(features.memory(), at, heap, 0, heap.byteSize());
    List<Long> extents = LongStream.of(features().shape().extents()).boxed().toList();
    Philox ofSample = stream.substream(sample);
    for (int i = 0; i < augmentations.size(); i++) {
      augmentations.get(i).apply(values, extents, ofSample.substream(i));
    }
    MemorySegment.copy(
        values, 0, features.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, at, values.length);
  }
}
