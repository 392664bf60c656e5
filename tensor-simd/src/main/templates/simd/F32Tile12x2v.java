package dev.lanewise.kernel.simd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link F32Tile4x2v} with twelve rows, for CPUs with 32 vector registers: 24 sums and two vectors
 * of {@code b} leave six for the broadcasts. What a step spends beside its products, on the loop
 * and on loads of {@code b}, is shared by three times as many as in the low tile.
 */
final class F32Tile12x2v {
  private static final int ROW = F32Tile4x2v.ROW;

  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int V = SPECIES.vectorByteSize();
  private static final int L = SPECIES.length();

  private F32Tile12x2v() {}

  /**
   * Computes the tile; the block's first row starts at {@code a[aAt]}, the panel at {@code bAt},
   * the sums at {@code to[toAt]}.
   */
  static void run(float[] a, int aAt, int depth, MemorySegment b, long bAt, float[] to, int toAt) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    FloatVector c60 = zero;
    FloatVector c61 = zero;
    FloatVector c70 = zero;
    FloatVector c71 = zero;
    FloatVector c80 = zero;
    FloatVector c81 = zero;
    FloatVector c90 = zero;
    FloatVector c91 = zero;
    FloatVector c100 = zero;
    FloatVector c101 = zero;
    FloatVector c110 = zero;
    FloatVector c111 = zero;
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
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 8 * ROW]);
      c80 = s.fma(b0, c80);
      c81 = s.fma(b1, c81);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 9 * ROW]);
      c90 = s.fma(b0, c90);
      c91 = s.fma(b1, c91);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 10 * ROW]);
      c100 = s.fma(b0, c100);
      c101 = s.fma(b1, c101);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 11 * ROW]);
      c110 = s.fma(b0, c110);
      c111 = s.fma(b1, c111);
    }
    c00.intoArray(to, toAt);
    c01.intoArray(to, toAt + L);
    c10.intoArray(to, toAt + 2 * L);
    c11.intoArray(to, toAt + 3 * L);
    c20.intoArray(to, toAt + 4 * L);
    c21.intoArray(to, toAt + 5 * L);
    c30.intoArray(to, toAt + 6 * L);
    c31.intoArray(to, toAt + 7 * L);
    c40.intoArray(to, toAt + 8 * L);
    c41.intoArray(to, toAt + 9 * L);
    c50.intoArray(to, toAt + 10 * L);
    c51.intoArray(to, toAt + 11 * L);
    c60.intoArray(to, toAt + 12 * L);
    c61.intoArray(to, toAt + 13 * L);
    c70.intoArray(to, toAt + 14 * L);
    c71.intoArray(to, toAt + 15 * L);
    c80.intoArray(to, toAt + 16 * L);
    c81.intoArray(to, toAt + 17 * L);
    c90.intoArray(to, toAt + 18 * L);
    c91.intoArray(to, toAt + 19 * L);
    c100.intoArray(to, toAt + 20 * L);
    c101.intoArray(to, toAt + 21 * L);
    c110.intoArray(to, toAt + 22 * L);
    c111.intoArray(to, toAt + 23 * L);
  }
}
