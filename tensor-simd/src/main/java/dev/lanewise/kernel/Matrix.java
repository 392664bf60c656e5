package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A matrix in native memory, seen through strides.
 *
 * <p>Element {@code (i, j)} lies at byte {@code at + i * rowStride + j * columnStride} of {@code
 * memory}. Strides are in bytes and may be zero or negative; an operand that is written has no two
 * elements at the same place. Nothing is checked here: the operator that makes the matrix has.
 */
public record Matrix(
    MemorySegment memory, long at, long rows, long columns, long rowStride, long columnStride) {

  /** The same memory with rows and columns exchanged. */
  public Matrix transposed() {
    return new Matrix(memory, at, columns, rows, columnStride, rowStride);
  }
}
