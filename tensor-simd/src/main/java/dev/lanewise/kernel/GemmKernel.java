package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The matrix product: {@code out[i, j] = sum over p of a[i, p] * b[p, j]}, with {@code a} of {@code
 * m x k}, {@code b} of {@code k x n} and {@code out} of {@code m x n}, any of them with any strides
 * and any extent zero.
 *
 * <p><b>The order of the sum is part of the contract.</b> A sum is cut into slabs of {@link
 * GemmLayout#slab} terms. A slab is one chain of fused multiply-adds over {@code p} in order,
 * {@code s = fma(a[i, p], b[p, j], s)}, that starts from zero; the slabs are added in order, to
 * what the output holds if the product accumulates. So the result does not depend on the provider,
 * the CPU, the vector width, the block sizes, on packing, or on how rows were shared among threads.
 *
 * <p><b>Sharing the work.</b> A kernel starts no thread. {@code multiply} computes the rows from
 * {@code rowFrom} to {@code rowTo} (exclusive) of the output and writes nothing else, so a caller
 * may give disjoint row ranges to different threads, each with a {@link Workspace} of its own; a
 * multiple of {@link #rowStep} wastes nothing. To share columns, pass column slices of {@code b}
 * and {@code out} (a packed operand is shared by rows only).
 *
 * <p><b>Packing</b> copies {@code b} once into the order that the kernel reads it in. It pays where
 * many rows meet the same {@code b}: for constant weights, and for a product that several threads
 * share. {@link #pack} fills the panels from {@code panelFrom} to {@code panelTo}, so it can be
 * shared as well. {@code multiply} on a plain matrix packs on the way what it must, small products
 * not at all.
 *
 * <p>{@code out} overlaps no operand. It is fastest where its columns, or else its rows, are
 * adjacent.
 */
public interface GemmKernel {
  /** The number of rows that are computed together. */
  int rowStep();

  /** The number of panels that {@code n} columns are packed into. */
  long panels(long n);

  /** The bytes that a packed {@code k x n} operand takes, a multiple of 64. */
  long packedBytes(long k, long n);

  /**
   * Packs the panels from {@code panelFrom} to {@code panelTo} of {@code b} into {@code packed},
   * whose extents are those of {@code b}.
   */
  void pack(Matrix b, long panelFrom, long panelTo, PackedMatrix packed);

  /** Packs all of {@code b} to byte {@code at} of {@code memory}. */
  default PackedMatrix pack(Matrix b, MemorySegment memory, long at) {
    PackedMatrix packed = new PackedMatrix(memory, at, b.rows(), b.columns());
    pack(b, 0, panels(b.columns()), packed);
    return packed;
  }

  /** Computes rows {@code rowFrom} to {@code rowTo} of {@code out = a b}. */
  void multiply(
      Matrix a,
      Matrix b,
      Matrix out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo,
      Workspace workspace);

  /** Computes rows {@code rowFrom} to {@code rowTo} of {@code out = a b} with {@code b} packed. */
  void multiply(
      Matrix a,
      PackedMatrix b,
      Matrix out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo,
      Workspace workspace);
}
