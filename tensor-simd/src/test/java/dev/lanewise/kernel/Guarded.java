package dev.lanewise.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Native memory full of random numbers, all of which a test can compare afterwards. */
final class Guarded {
  private Guarded() {}

  /** Room for {@code count} elements, normally distributed, and as many on either side. */
  static MemorySegment random(Arena arena, Random random, Element element, long count) {
    long elements = Math.max(1, count);
    MemorySegment memory = arena.allocate(elements * element.bytes(), 64);
    for (long i = 0; i < elements; i++) {
      set(memory, element, i * element.bytes(), random.nextGaussian());
    }
    return memory;
  }

  /** A copy with the same contents. */
  static MemorySegment copy(Arena arena, MemorySegment memory) {
    return arena.allocate(memory.byteSize(), 64).copyFrom(memory);
  }

  /**
   * A matrix with one of several layouts, in memory that is a few elements larger at either end.
   *
   * @param layout any number; its remainder chooses row-major, column-major, wide rows, neither
   *     rows nor columns adjacent, or rows in reverse
   */
  static Matrix matrix(
      Arena arena, Random random, Element element, long rows, long columns, int layout) {
    long b = element.bytes();
    long rowStride = 1;
    long columnStride = 1;
    switch (Math.floorMod(layout, 5)) {
      case 0 -> rowStride = columns;
      case 1 -> columnStride = rows;
      case 2 -> rowStride = columns + 3;
      case 3 -> {
        columnStride = 2;
        rowStride = 2 * columns + 1;
      }
      default -> rowStride = -columns;
    }
    long first = 3 + (rowStride < 0 ? Math.max(0, rows - 1) * -rowStride : 0);
    long count =
        6 + Math.max(1, rows) * Math.max(Math.abs(rowStride), 1) * Math.max(1, columnStride);
    count = Math.max(count, 6 + rows * Math.abs(rowStride) + columns * columnStride);
    MemorySegment memory = random(arena, random, element, count);
    return new Matrix(memory, first * b, rows, columns, rowStride * b, columnStride * b);
  }

  /** The same matrix in other memory. */
  static Matrix in(MemorySegment memory, Matrix matrix) {
    return new Matrix(
        memory,
        matrix.at(),
        matrix.rows(),
        matrix.columns(),
        matrix.rowStride(),
        matrix.columnStride());
  }

  static double get(MemorySegment memory, Element element, long at) {
    return switch (element) {
      case F32 -> memory.get(ValueLayout.JAVA_FLOAT, at);
      case F64 -> memory.get(ValueLayout.JAVA_DOUBLE, at);
    };
  }

  static void set(MemorySegment memory, Element element, long at, double value) {
    switch (element) {
      case F32 -> memory.set(ValueLayout.JAVA_FLOAT, at, (float) value);
      case F64 -> memory.set(ValueLayout.JAVA_DOUBLE, at, value);
    }
  }

  static double get(Matrix matrix, Element element, long i, long j) {
    return get(matrix.memory(), element, at(matrix, i, j));
  }

  static long at(Matrix matrix, long i, long j) {
    return matrix.at() + i * matrix.rowStride() + j * matrix.columnStride();
  }
}
