package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Folds the rows or the columns of a matrix with one associative function (sum, product, minimum,
 * maximum).
 *
 * <p>All offsets and strides are in bytes, counts are in elements. The order of the fold is part of
 * the contract, so that every provider and vector width gives the same bits:
 *
 * <ul>
 *   <li>{@link #rows}: sixteen virtual lanes; lane {@code j} starts at the neutral element and
 *       folds elements {@code j, j + 16, j + 32, ...} in order; then lanes {@code j} and {@code j +
 *       8} are combined, {@code j} and {@code j + 4}, {@code j} and {@code j + 2}, {@code j} and
 *       {@code j + 1}.
 *   <li>{@link #columns}: every column starts at the neutral element and folds its rows in order.
 * </ul>
 */
public interface ReduceKernel {
  /**
   * {@code out[r] = fold over i of x[r, i]}, for {@code rows} rows of {@code extent} elements that
   * lie {@code stride} bytes apart.
   */
  void rows(
      MemorySegment x,
      long xAt,
      long rowStride,
      long stride,
      MemorySegment out,
      long outAt,
      long outStride,
      long rows,
      long extent);

  /**
   * {@code out[c] = fold over r of x[r, c]}, for {@code columns} columns whose elements are
   * adjacent in {@code x} and in {@code out}.
   */
  void columns(
      MemorySegment x,
      long xAt,
      long rowStride,
      MemorySegment out,
      long outAt,
      long rows,
      long columns);
}
