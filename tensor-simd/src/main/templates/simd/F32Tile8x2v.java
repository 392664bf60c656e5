package dev.lanewise.kernel.simd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link F32Tile4x2v} with eight rows, for CPUs with 32 vector registers: sixteen sums, two vectors
 * of {@code b} and eight broadcasts take 26. Wider cores need the sixteen chains.
 */
final class F32Tile8x2v {
  private static final int ROW = F32Tile4x2v.ROW;

  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int V = SPECIES.vectorByteSize();

  private F32Tile8x2v() {}

  /** Computes the tile. */
  static void run(
      float[] a,
      int aAt,
      int depth,
      MemorySegment b,
      long bAt,
      MemorySegment from,
      long fromAt,
      long fromStride,
      MemorySegment to,
      long toAt,
      long toStride) {
    FloatVector c00 = FloatVector.fromMemorySegment(SPECIES, from, fromAt, ORDER);
    FloatVector c01 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + V, ORDER);
    FloatVector c10 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + fromStride, ORDER);
    FloatVector c11 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + fromStride + V, ORDER);
    FloatVector c20 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 2 * fromStride, ORDER);
    FloatVector c21 =
        FloatVector.fromMemorySegment(SPECIES, from, fromAt + 2 * fromStride + V, ORDER);
    FloatVector c30 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 3 * fromStride, ORDER);
    FloatVector c31 =
        FloatVector.fromMemorySegment(SPECIES, from, fromAt + 3 * fromStride + V, ORDER);
    FloatVector c40 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 4 * fromStride, ORDER);
    FloatVector c41 =
        FloatVector.fromMemorySegment(SPECIES, from, fromAt + 4 * fromStride + V, ORDER);
    FloatVector c50 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 5 * fromStride, ORDER);
    FloatVector c51 =
        FloatVector.fromMemorySegment(SPECIES, from, fromAt + 5 * fromStride + V, ORDER);
    FloatVector c60 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 6 * fromStride, ORDER);
    FloatVector c61 =
        FloatVector.fromMemorySegment(SPECIES, from, fromAt + 6 * fromStride + V, ORDER);
    FloatVector c70 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 7 * fromStride, ORDER);
    FloatVector c71 =
        FloatVector.fromMemorySegment(SPECIES, from, fromAt + 7 * fromStride + V, ORDER);
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * 2L * V, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * 2L * V + V, ORDER);
      FloatVector s = FloatVector.broadcast(SPECIES, a[aAt + p]);
      c00 = s.fma(b0, c00);
      c01 = s.fma(b1, c01);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + ROW]);
      c10 = s.fma(b0, c10);
      c11 = s.fma(b1, c11);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 2 * ROW]);
      c20 = s.fma(b0, c20);
      c21 = s.fma(b1, c21);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 3 * ROW]);
      c30 = s.fma(b0, c30);
      c31 = s.fma(b1, c31);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 4 * ROW]);
      c40 = s.fma(b0, c40);
      c41 = s.fma(b1, c41);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 5 * ROW]);
      c50 = s.fma(b0, c50);
      c51 = s.fma(b1, c51);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 6 * ROW]);
      c60 = s.fma(b0, c60);
      c61 = s.fma(b1, c61);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 7 * ROW]);
      c70 = s.fma(b0, c70);
      c71 = s.fma(b1, c71);
    }
    c00.intoMemorySegment(to, toAt, ORDER);
    c01.intoMemorySegment(to, toAt + V, ORDER);
    c10.intoMemorySegment(to, toAt + toStride, ORDER);
    c11.intoMemorySegment(to, toAt + toStride + V, ORDER);
    c20.intoMemorySegment(to, toAt + 2 * toStride, ORDER);
    c21.intoMemorySegment(to, toAt + 2 * toStride + V, ORDER);
    c30.intoMemorySegment(to, toAt + 3 * toStride, ORDER);
    c31.intoMemorySegment(to, toAt + 3 * toStride + V, ORDER);
    c40.intoMemorySegment(to, toAt + 4 * toStride, ORDER);
    c41.intoMemorySegment(to, toAt + 4 * toStride + V, ORDER);
    c50.intoMemorySegment(to, toAt + 5 * toStride, ORDER);
    c51.intoMemorySegment(to, toAt + 5 * toStride + V, ORDER);
    c60.intoMemorySegment(to, toAt + 6 * toStride, ORDER);
    c61.intoMemorySegment(to, toAt + 6 * toStride + V, ORDER);
    c70.intoMemorySegment(to, toAt + 7 * toStride, ORDER);
    c71.intoMemorySegment(to, toAt + 7 * toStride + V, ORDER);
  }
}
