package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.Arithmetic;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link F32Tile4x2v} for a block whose rows are interleaved by four: element {@code (r, p)} of
 * {@code a} stands at {@code aAt + r / 4 * (4 * depth) + 4 * p + r % 4}. That is the order to pack
 * an operand in whose columns are adjacent (a transposed matrix, the patches of a filter gradient):
 * a copy of four elements at a time.
 */
final class F32Tile4x2vInterleaved {
  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int V = SPECIES.vectorByteSize();
  private static final boolean FMA = Arithmetic.FMA;

  private F32Tile4x2vInterleaved() {}

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
    FloatVector c21 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 2 * fromStride + V, ORDER);
    FloatVector c30 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 3 * fromStride, ORDER);
    FloatVector c31 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 3 * fromStride + V, ORDER);
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * 2L * V, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * 2L * V + V, ORDER);
      FloatVector s = FloatVector.broadcast(SPECIES, a[aAt + 4 * p]);
      c00 = FMA ? s.fma(b0, c00) : s.mul(b0).add(c00);
      c01 = FMA ? s.fma(b1, c01) : s.mul(b1).add(c01);
      s = FloatVector.broadcast(SPECIES, a[aAt + 4 * p + 1]);
      c10 = FMA ? s.fma(b0, c10) : s.mul(b0).add(c10);
      c11 = FMA ? s.fma(b1, c11) : s.mul(b1).add(c11);
      s = FloatVector.broadcast(SPECIES, a[aAt + 4 * p + 2]);
      c20 = FMA ? s.fma(b0, c20) : s.mul(b0).add(c20);
      c21 = FMA ? s.fma(b1, c21) : s.mul(b1).add(c21);
      s = FloatVector.broadcast(SPECIES, a[aAt + 4 * p + 3]);
      c30 = FMA ? s.fma(b0, c30) : s.mul(b0).add(c30);
      c31 = FMA ? s.fma(b1, c31) : s.mul(b1).add(c31);
    }
    c00.intoMemorySegment(to, toAt, ORDER);
    c01.intoMemorySegment(to, toAt + V, ORDER);
    c10.intoMemorySegment(to, toAt + toStride, ORDER);
    c11.intoMemorySegment(to, toAt + toStride + V, ORDER);
    c20.intoMemorySegment(to, toAt + 2 * toStride, ORDER);
    c21.intoMemorySegment(to, toAt + 2 * toStride + V, ORDER);
    c30.intoMemorySegment(to, toAt + 3 * toStride, ORDER);
    c31.intoMemorySegment(to, toAt + 3 * toStride + V, ORDER);
  }
}
