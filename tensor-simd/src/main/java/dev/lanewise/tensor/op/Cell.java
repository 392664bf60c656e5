package dev.lanewise.tensor.op;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One element of f32 or f64, told apart by its width in bytes, where a step needs few of them. */
final class Cell {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

  private Cell() {}

  /** The element at a byte offset. */
  static double get(MemorySegment memory, long at, int width) {
    return width == Float.BYTES ? memory.get(FLOAT, at) : memory.get(DOUBLE, at);
  }

  /** Writes a value, rounded to the element's type. */
  static void set(MemorySegment memory, long at, int width, double value) {
    if (width == Float.BYTES) {
      memory.set(FLOAT, at, (float) value);
    } else {
      memory.set(DOUBLE, at, value);
    }
  }
}
