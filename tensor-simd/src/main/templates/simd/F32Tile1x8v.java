package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.Arithmetic;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The micro-kernel of a product of one row: one row by eight vectors of the output.
 *
 * <p>Each element of {@code b} is used once, so this is a stream through {@code b}: eight chains
 * keep the multiply-add units busy, and eight vectors are four panels of a packed operand or half a
 * kilobyte of a row of a plain one. Otherwise as {@link F32Tile4x2v}.
 */
final class F32Tile1x8v {
  /** Panels of two vectors that are read together. */
  static final int PANELS = 4;

  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final boolean FMA = Arithmetic.FMA;
  private static final int V = SPECIES.vectorByteSize();
  private static final int L = SPECIES.length();

  private F32Tile1x8v() {}

  /**
   * Computes the tile. Element {@code p} of the row stands at {@code a[aAt + p]}; row {@code p} of
   * panel {@code q} of {@code b} at {@code bAt + q * panelStride + p * bStride}, {@code bStride}
   * being positive; the sums go to {@code to[toAt]}.
   */
  static void run(
      float[] a,
      int aAt,
      int depth,
      MemorySegment b,
      long bAt,
      long panelStride,
      long bStride,
      float[] to,
      int toAt) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c0 = zero;
    FloatVector c1 = zero;
    FloatVector c2 = zero;
    FloatVector c3 = zero;
    FloatVector c4 = zero;
    FloatVector c5 = zero;
    FloatVector c6 = zero;
    FloatVector c7 = zero;
    long end = bAt + depth * bStride;
    int p = aAt;
    while (bAt < end) {
      FloatVector s = FloatVector.broadcast(SPECIES, a[p]);
      long q = bAt;
      FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, b, q, ORDER);
      FloatVector y0 = FloatVector.fromMemorySegment(SPECIES, b, q + V, ORDER);
      c0 = FMA ? s.fma(x0, c0) : s.mul(x0).add(c0);
      c1 = FMA ? s.fma(y0, c1) : s.mul(y0).add(c1);
      q += panelStride;
      FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, b, q, ORDER);
      FloatVector y1 = FloatVector.fromMemorySegment(SPECIES, b, q + V, ORDER);
      c2 = FMA ? s.fma(x1, c2) : s.mul(x1).add(c2);
      c3 = FMA ? s.fma(y1, c3) : s.mul(y1).add(c3);
      q += panelStride;
      FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, b, q, ORDER);
      FloatVector y2 = FloatVector.fromMemorySegment(SPECIES, b, q + V, ORDER);
      c4 = FMA ? s.fma(x2, c4) : s.mul(x2).add(c4);
      c5 = FMA ? s.fma(y2, c5) : s.mul(y2).add(c5);
      q += panelStride;
      FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, b, q, ORDER);
      FloatVector y3 = FloatVector.fromMemorySegment(SPECIES, b, q + V, ORDER);
      c6 = FMA ? s.fma(x3, c6) : s.mul(x3).add(c6);
      c7 = FMA ? s.fma(y3, c7) : s.mul(y3).add(c7);
      bAt += bStride;
      p++;
    }
    c0.intoArray(to, toAt);
    c1.intoArray(to, toAt + L);
    c2.intoArray(to, toAt + 2 * L);
    c3.intoArray(to, toAt + 3 * L);
    c4.intoArray(to, toAt + 4 * L);
    c5.intoArray(to, toAt + 5 * L);
    c6.intoArray(to, toAt + 6 * L);
    c7.intoArray(to, toAt + 7 * L);
  }
}
