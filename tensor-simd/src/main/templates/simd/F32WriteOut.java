package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.WriteOut;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The way of a tile's sums from the heap to the output: added to what is there unless they are the
 * first, and after the last slab with the bias and the rectifier applied.
 *
 * <p>Sums of whole vectors go down the tile one vector of columns at a time, so that a bias is
 * loaded once; the columns beyond, or an output whose columns are not adjacent, element by element.
 */
final class F32WriteOut {
  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();

  private F32WriteOut() {}

  /**
   * Writes {@code rows x columns} sums, the rows of which lie {@code stride} elements apart from
   * {@code sums[at]} on.
   *
   * @param fresh whether what the output holds is overwritten and not added to
   * @param finish the bias and the rectifier, or null if they are not due
   * @param outColumn the number of the first column in the bias
   */
  static void run(
      float[] sums,
      int at,
      int stride,
      int rows,
      int columns,
      MemorySegment out,
      long outAt,
      long rowStride,
      long columnStride,
      boolean fresh,
      WriteOut finish,
      long outColumn) {
    int vectors = columnStride == Float.BYTES ? columns - columns % LANES : 0;
    for (int j = 0; j < vectors; j += LANES) {
      long x = outAt + j * (long) Float.BYTES;
      if (!fresh) {
        add(out, x, rowStride, sums, at + j, stride, rows);
      }
      if (finish == null) {
        store(sums, at + j, stride, out, x, rowStride, rows);
      } else if (finish.bias() == null) {
        storeRectified(sums, at + j, stride, out, x, rowStride, rows);
      } else {
        long biasAt = finish.biasAt() + (outColumn + j) * Float.BYTES;
        if (finish.relu()) {
          storeBiasedRectified(
              finish.bias(), biasAt, sums, at + j, stride, out, x, rowStride, rows);
        } else {
          storeBiased(finish.bias(), biasAt, sums, at + j, stride, out, x, rowStride, rows);
        }
      }
    }
    for (int j = vectors; j < columns; j++) {
      column(
          sums,
          at + j,
          stride,
          rows,
          out,
          outAt + j * columnStride,
          rowStride,
          fresh,
          finish,
          outColumn + j);
    }
  }

  private static void add(
      MemorySegment out, long outAt, long rowStride, float[] sums, int at, int stride, int rows) {
    for (int i = 0; i < rows; i++) {
      FloatVector.fromMemorySegment(SPECIES, out, outAt + i * rowStride, ORDER)
          .add(FloatVector.fromArray(SPECIES, sums, at + i * stride))
          .intoArray(sums, at + i * stride);
    }
  }

  private static void store(
      float[] sums, int at, int stride, MemorySegment out, long outAt, long rowStride, int rows) {
    for (int i = 0; i < rows; i++) {
      FloatVector.fromArray(SPECIES, sums, at + i * stride)
          .intoMemorySegment(out, outAt + i * rowStride, ORDER);
    }
  }

  private static void storeRectified(
      float[] sums, int at, int stride, MemorySegment out, long outAt, long rowStride, int rows) {
    for (int i = 0; i < rows; i++) {
      FloatVector.fromArray(SPECIES, sums, at + i * stride)
          .max(0)
          .intoMemorySegment(out, outAt + i * rowStride, ORDER);
    }
  }

  private static void storeBiased(
      MemorySegment bias,
      long biasAt,
      float[] sums,
      int at,
      int stride,
      MemorySegment out,
      long outAt,
      long rowStride,
      int rows) {
    FloatVector y = FloatVector.fromMemorySegment(SPECIES, bias, biasAt, ORDER);
    for (int i = 0; i < rows; i++) {
      FloatVector.fromArray(SPECIES, sums, at + i * stride)
          .add(y)
          .intoMemorySegment(out, outAt + i * rowStride, ORDER);
    }
  }

  private static void storeBiasedRectified(
      MemorySegment bias,
      long biasAt,
      float[] sums,
      int at,
      int stride,
      MemorySegment out,
      long outAt,
      long rowStride,
      int rows) {
    FloatVector y = FloatVector.fromMemorySegment(SPECIES, bias, biasAt, ORDER);
    for (int i = 0; i < rows; i++) {
      FloatVector.fromArray(SPECIES, sums, at + i * stride)
          .add(y)
          .max(0)
          .intoMemorySegment(out, outAt + i * rowStride, ORDER);
    }
  }

  private static void column(
      float[] sums,
      int at,
      int stride,
      int rows,
      MemorySegment out,
      long outAt,
      long rowStride,
      boolean fresh,
      WriteOut finish,
      long outColumn) {
    for (int i = 0; i < rows; i++) {
      long x = outAt + i * rowStride;
      float sum = sums[at + i * stride];
      if (!fresh) {
        sum += out.get(JAVA_FLOAT_UNALIGNED, x);
      }
      out.set(JAVA_FLOAT_UNALIGNED, x, finish == null ? sum : finished(sum, finish, outColumn));
    }
  }

  /** What is written for a whole sum. */
  private static float finished(float sum, WriteOut finish, long outColumn) {
    float value = sum;
    if (finish.bias() != null) {
      value += finish.bias().get(JAVA_FLOAT_UNALIGNED, finish.biasAt() + outColumn * Float.BYTES);
    }
    return finish.relu() ? Math.max(value, 0) : value;
  }

  /** A slab of no terms: what the output holds, or zeros if {@code fresh}, is finished. */
  static void empty(
      MemorySegment out,
      long outAt,
      long rowStride,
      long columnStride,
      long rows,
      long columns,
      boolean fresh,
      WriteOut finish,
      long outColumn) {
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < columns; j++) {
        long x = outAt + i * rowStride + j * columnStride;
        float sum = fresh ? 0 : out.get(JAVA_FLOAT_UNALIGNED, x);
        out.set(JAVA_FLOAT_UNALIGNED, x, finished(sum, finish, outColumn + j));
      }
    }
  }
}
