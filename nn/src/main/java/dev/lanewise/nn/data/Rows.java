package dev.lanewise.nn.data;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Equal pieces of data one after the other in a Java array.
 *
 * @param spec of one piece
 * @param values the array
 * @param count how many pieces
 */
record Rows(Spec spec, MemorySegment values, long count) {
  /** A piece of features and one of labels per sample. */
  record Pair(Rows featureRows, Rows labelRows) implements DataSet {
    Pair {
      if (featureRows.count != labelRows.count) {
        throw new IllegalArgumentException(
            "dataSet: %d samples of %s, but %d labels of %s"
                .formatted(featureRows.count, featureRows.spec, labelRows.count, labelRows.spec));
      }
    }

    @Override
    public long size() {
      return featureRows.count;
    }

    @Override
    public Spec features() {
      return featureRows.spec;
    }

    @Override
    public Spec labels() {
      return labelRows.spec;
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

  static Rows of(Shape sample, float[] values) {
    return of(Spec.of(DType.F32, sample), MemorySegment.ofArray(values), values.length);
  }

  static Rows of(Shape sample, int[] values) {
    return of(Spec.of(DType.I32, sample), MemorySegment.ofArray(values), values.length);
  }

  static Rows of(float[][] rows) {
    if (rows.length == 0) {
      throw new IllegalArgumentException("dataSet: no samples");
    }
    int width = rows[0].length;
    float[] values = new float[Math.multiplyExact(rows.length, width)];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != width) {
        throw new IllegalArgumentException(
            "dataSet: sample %d has %d values, sample 0 has %d"
                .formatted(i, rows[i].length, width));
      }
      System.arraycopy(rows[i], 0, values, i * width, width);
    }
    return of(Shape.of(width), values);
  }

  static Rows of(Tensor tensor) {
    if (tensor.rank() == 0) {
      throw new IllegalArgumentException("dataSet: an axis of samples expected: " + tensor.spec());
    }
    Spec spec = Spec.of(tensor.dtype(), tensor.shape().without(0));
    MemorySegment values =
        switch (tensor.dtype().name()) {
          case "f32" -> MemorySegment.ofArray(tensor.toFloats());
          case "f64" -> MemorySegment.ofArray(tensor.toDoubles());
          case "i32" -> MemorySegment.ofArray(tensor.toInts());
          case "i64" -> MemorySegment.ofArray(tensor.toLongs());
          default ->
              throw new IllegalArgumentException(
                  "dataSet: f32, f64, i32 or i64 expected: " + tensor.spec() + ": cast first");
        };
    return new Rows(spec, values, tensor.extent(0));
  }

  private static Rows of(Spec spec, MemorySegment values, long length) {
    long each = spec.shape().size();
    if (each == 0 || length % each != 0) {
      throw new IllegalArgumentException(
          "dataSet: %d values do not make samples of %s".formatted(length, spec));
    }
    return new Rows(spec, values, length / each);
  }

  void copy(long index, long row, Tensor target) {
    copy(index, 1, row, target);
  }

  /** Copies {@code pieces} pieces from {@code index} on into one row of a batch. */
  void copy(long index, long pieces, long row, Tensor target) {
    long each = spec.shape().size() * spec.dtype().bytes();
    long bytes = pieces * each;
    MemorySegment.copy(values, index * each, target.memory(), target.at() + row * bytes, bytes);
  }
}
