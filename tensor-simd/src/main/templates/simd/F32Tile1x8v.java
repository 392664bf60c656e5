package dev.lanewise.kernel.simd;

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
  private static final int V = SPECIES.vectorByteSize();

  private F32Tile1x8v() {}

  /**
   * Computes the tile. Element {@code p} of the row stands at {@code a[aAt + p]}; row {@code p} of
   * panel {@code q} of {@code b} at {@code bAt + q * panelStride + p * bStride}, {@code bStride}
   * being positive; the output's eight vectors are adjacent.
   */
  static void run(
      float[] a,
      int aAt,
      int depth,
      MemorySegment b,
      long bAt,
      long panelStride,
      long bStride,
      MemorySegment from,
      long fromAt,
      MemorySegment to,
      long toAt) {
    FloatVector c0 = FloatVector.fromMemorySegment(SPECIES, from, fromAt, ORDER);
    FloatVector c1 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + V, ORDER);
    FloatVector c2 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 2 * V, ORDER);
    FloatVector c3 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 3 * V, ORDER);
    FloatVector c4 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 4 * V, ORDER);
    FloatVector c5 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 5 * V, ORDER);
    FloatVector c6 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 6 * V, ORDER);
    FloatVector c7 = FloatVector.fromMemorySegment(SPECIES, from, fromAt + 7 * V, ORDER);
    long end = bAt + depth * bStride;
    int p = aAt;
    while (bAt < end) {
      FloatVector s = FloatVector.broadcast(SPECIES, a[p]);
      long q = bAt;
      FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, b, q, ORDER);
      FloatVector y0 = FloatVector.fromMemorySegment(SPECIES, b, q + V, ORDER);
      c0 = s.fma(x0, c0);
      c1 = s.fma(y0, c1);
      q += panelStride;
      FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, b, q, ORDER);
      FloatVector y1 = FloatVector.fromMemorySegment(SPECIES, b, q + V, ORDER);
      c2 = s.fma(x1, c2);
      c3 = s.fma(y1, c3);
      q += panelStride;
      FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, b, q, ORDER);
      FloatVector y2 = FloatVector.fromMemorySegment(SPECIES, b, q + V, ORDER);
      c4 = s.fma(x2, c4);
      c5 = s.fma(y2, c5);
      q += panelStride;
      FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, b, q, ORDER);
      FloatVector y3 = FloatVector.fromMemorySegment(SPECIES, b, q + V, ORDER);
      c6 = s.fma(x3, c6);
      c7 = s.fma(y3, c7);
      bAt += bStride;
      p++;
    }
    c0.intoMemorySegment(to, toAt, ORDER);
    c1.intoMemorySegment(to, toAt + V, ORDER);
    c2.intoMemorySegment(to, toAt + 2 * V, ORDER);
    c3.intoMemorySegment(to, toAt + 3 * V, ORDER);
    c4.intoMemorySegment(to, toAt + 4 * V, ORDER);
    c5.intoMemorySegment(to, toAt + 5 * V, ORDER);
    c6.intoMemorySegment(to, toAt + 6 * V, ORDER);
    c7.intoMemorySegment(to, toAt + 7 * V, ORDER);
  }
}
