package dev.lanewise.kernel.simd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link F32Tile4x2v} with two rows, for CPUs without fused multiply-add: products and sums are
 * rounded apart, as on {@link dev.lanewise.kernel.Arithmetic such a CPU} everywhere.
 *
 * <p>The larger tiles would have so many vector operations that C2 boxed some of them, once other
 * kernels have run: docs/adr/0006.
 */
final class F32Tile2x2v {
  private static final int ROW = F32Tile4x2v.ROW;

  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int V = SPECIES.vectorByteSize();

  private F32Tile2x2v() {}

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
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * 2L * V, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * 2L * V + V, ORDER);
      FloatVector s = FloatVector.broadcast(SPECIES, a[aAt + p]);
      c00 = s.mul(b0).add(c00);
      c01 = s.mul(b1).add(c01);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + ROW]);
      c10 = s.mul(b0).add(c10);
      c11 = s.mul(b1).add(c11);
    }
    c00.intoMemorySegment(to, toAt, ORDER);
    c01.intoMemorySegment(to, toAt + V, ORDER);
    c10.intoMemorySegment(to, toAt + toStride, ORDER);
    c11.intoMemorySegment(to, toAt + toStride + V, ORDER);
  }
}
