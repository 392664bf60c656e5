package dev.lanewise.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.Arithmetic;
import dev.lanewise.kernel.GemmKernel;
import dev.lanewise.kernel.GemmLayout;
import dev.lanewise.kernel.Matrix;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.Workspace;
import dev.lanewise.kernel.WriteOut;
import java.lang.foreign.MemorySegment;

/**
 * The matrix product in plain Java: the loops of its definition. A packed operand is a copy with
 * adjacent columns, a panel one column.
 */
public final class F32Gemm implements GemmKernel {
  public static final F32Gemm KERNEL = new F32Gemm();

  private F32Gemm() {}

  @Override
  public int rowStep() {
    return 1;
  }

  @Override
  public long panels(long n) {
    return n;
  }

  @Override
  public long packedBytes(long k, long n) {
    return Math.ceilDiv(k * n * Float.BYTES, 64) * 64;
  }

  @Override
  public void pack(Matrix b, long panelFrom, long panelTo, PackedMatrix packed) {
    for (long j = panelFrom; j < panelTo; j++) {
      for (long p = 0; p < b.rows(); p++) {
        float x =
            b.memory().get(JAVA_FLOAT_UNALIGNED, b.at() + p * b.rowStride() + j * b.columnStride());
        long at = packed.at() + (p * b.columns() + j) * Float.BYTES;
        packed.memory().set(JAVA_FLOAT_UNALIGNED, at, x);
      }
    }
  }

  @Override
  public void multiply(
      Matrix a,
      PackedMatrix b,
      Matrix out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo,
      Workspace workspace) {
    long bStride = b.columns() * Float.BYTES;
    multiply(
        a,
        b.memory(),
        b.at(),
        bStride,
        Float.BYTES,
        b.rows(),
        b.columns(),
        out,
        writeOut,
        rowFrom,
        rowTo);
  }

  @Override
  public void multiply(
      Matrix a,
      Matrix b,
      Matrix out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo,
      Workspace workspace) {
    multiply(
        a,
        b.memory(),
        b.at(),
        b.rowStride(),
        b.columnStride(),
        b.rows(),
        b.columns(),
        out,
        writeOut,
        rowFrom,
        rowTo);
  }

  private static void multiply(
      Matrix a,
      MemorySegment b,
      long bAt,
      long bRowStride,
      long bColumnStride,
      long k,
      long n,
      Matrix out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo) {
    int slab = GemmLayout.slab(k);
    for (long i = rowFrom; i < rowTo; i++) {
      long aAt = a.at() + i * a.rowStride();
      for (long j = 0; j < n; j++) {
        long outAt = out.at() + i * out.rowStride() + j * out.columnStride();
        float sum = writeOut.accumulate() ? out.memory().get(JAVA_FLOAT_UNALIGNED, outAt) : 0;
        for (long from = 0; from < k; from += slab) {
          float chain = 0;
          for (long p = from; p < Math.min(from + slab, k); p++) {
            float x = a.memory().get(JAVA_FLOAT_UNALIGNED, aAt + p * a.columnStride());
            float y = b.get(JAVA_FLOAT_UNALIGNED, bAt + p * bRowStride + j * bColumnStride);
            chain = Arithmetic.fma(x, y, chain);
          }
          sum += chain;
        }
        out.memory().set(JAVA_FLOAT_UNALIGNED, outAt, finished(sum, writeOut, j));
      }
    }
  }

  /** What is written for a sum in column {@code j}. */
  static float finished(float sum, WriteOut writeOut, long j) {
    float value = sum;
    if (writeOut.bias() != null) {
      value += writeOut.bias().get(JAVA_FLOAT_UNALIGNED, writeOut.biasAt() + j * Float.BYTES);
    }
    return writeOut.relu() ? Math.max(value, 0) : value;
  }
}
