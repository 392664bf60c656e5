package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.GemmLayout;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The micro-kernel of the products: four rows by two vectors of the output, {@code to[r, j] =
 * from[r, j] + sum over p of a[r, p] * b[p, j]}, each a chain of fused multiply-adds in order of
 * {@code p}.
 *
 * <pre>
 *                      b: a panel, depth x 2 vectors, native
 *                      +---+---+
 *                      | b0| b1|   row p
 *    a: 4 x depth      +---+---+
 *    +-----------+     +---+---+
 *    | s         |     |c00|c01|
 *    | s         |     |c10|c11|   eight sums, two vectors of b
 *    | s         |     |c20|c21|   and four broadcasts: 14 registers
 *    | s         |     |c30|c31|
 *    +-----------+     +---+---+
 *     column p
 * </pre>
 *
 * <p>The rows of {@code a} lie {@link #ROW} elements apart, a constant: one index serves all, and
 * packing a row-major operand is a plain copy. {@code from} and {@code to} may be the same memory;
 * a chain starts from zero with a {@code from} of zeros and row stride 0, so that there is no
 * second form of the loop.
 *
 * <p>Why four rows, on JDK 25. C2 proves the indices of this loop in range beforehand, so that its
 * body is one basic block, and begins it with all loads: <i>R</i> rows of two vectors need <i>3R +
 * 2</i> registers. AVX2 has 16. With six rows, which would fit were the broadcasts loaded one by
 * one, a sum goes to the stack and back in every step, and the tile runs at 0.4 of the peak instead
 * of 0.93. Eight sums are just enough to keep two units of latency 4 busy. {@link F32Tile8x2v} is
 * for CPUs with 32 registers.
 *
 * <p>Local variables, no arrays, no method with a vector parameter: C2 would box the vectors.
 */
final class F32Tile4x2v {
  /** Elements from one row of the block to the next. */
  static final int ROW = GemmLayout.ROW;

  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int V = SPECIES.vectorByteSize();

  private F32Tile4x2v() {}

  /**
   * Computes the tile; the block's first row starts at {@code a[aAt]}, the panel at {@code bAt}.
   */
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
