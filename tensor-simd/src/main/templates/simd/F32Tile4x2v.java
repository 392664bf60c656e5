package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.Arithmetic;
import dev.lanewise.kernel.GemmLayout;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The micro-kernel of the products: four rows by two vectors of the output, {@code to[r, j] = sum
 * over p of a[r, p] * b[p, j]}, each a chain of fused multiply-adds from zero in order of {@code
 * p}.
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
 * packing a row-major operand is a plain copy. The sums go to the heap, row after row, and {@link
 * F32WriteOut} brings them to the output: a store to a segment costs C2 twice the nodes of a store
 * to an array, a sum that starts from memory as many again, and what C2 inlines into a method has a
 * limit, beyond which vectors become objects.
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
  private static final boolean FMA = Arithmetic.FMA;
  private static final int V = SPECIES.vectorByteSize();
  private static final int L = SPECIES.length();

  private F32Tile4x2v() {}

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
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * 2L * V, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * 2L * V + V, ORDER);
      FloatVector s = FloatVector.broadcast(SPECIES, a[aAt + p]);
      c00 = FMA ? s.fma(b0, c00) : s.mul(b0).add(c00);
      c01 = FMA ? s.fma(b1, c01) : s.mul(b1).add(c01);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + ROW]);
      c10 = FMA ? s.fma(b0, c10) : s.mul(b0).add(c10);
      c11 = FMA ? s.fma(b1, c11) : s.mul(b1).add(c11);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 2 * ROW]);
      c20 = FMA ? s.fma(b0, c20) : s.mul(b0).add(c20);
      c21 = FMA ? s.fma(b1, c21) : s.mul(b1).add(c21);
      s = FloatVector.broadcast(SPECIES, a[aAt + p + 3 * ROW]);
      c30 = FMA ? s.fma(b0, c30) : s.mul(b0).add(c30);
      c31 = FMA ? s.fma(b1, c31) : s.mul(b1).add(c31);
    }
    c00.intoArray(to, toAt);
    c01.intoArray(to, toAt + L);
    c10.intoArray(to, toAt + 2 * L);
    c11.intoArray(to, toAt + 3 * L);
    c20.intoArray(to, toAt + 4 * L);
    c21.intoArray(to, toAt + 5 * L);
    c30.intoArray(to, toAt + 6 * L);
    c31.intoArray(to, toAt + 7 * L);
  }
}
