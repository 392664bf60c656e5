package dev.lanewise.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Single elements of every type, as they lie in memory. */
final class Elements {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private Elements() {}

  /** The element at a byte offset, as a double; integers of 64 bits round. */
  static double real(MemorySegment memory, long at, DType dtype) {
    return dtype.isFloating()
        ? (dtype.bits() == 32 ? memory.get(FLOAT, at) : memory.get(DOUBLE, at))
        : whole(memory, at, dtype);
  }

  /** The element at a byte offset, as a long; fractions are cut off as in a Java cast. */
  static long whole(MemorySegment memory, long at, DType dtype) {
    return switch (dtype.kind()) {
      case FLOAT -> (long) real(memory, at, dtype);
      case BOOLEAN, UNSIGNED -> memory.get(BYTE, at) & 0xFF;
      case SIGNED ->
          switch (dtype.bits()) {
            case 8 -> memory.get(BYTE, at);
            case 16 -> memory.get(SHORT, at);
            case 32 -> memory.get(INT, at);
            default -> memory.get(LONG, at);
          };
    };
  }

  /** Writes a double, converted as a Java cast does; a boolean becomes whether it is not zero. */
  static void write(MemorySegment memory, long at, DType dtype, double value) {
    switch (dtype.kind()) {
      case FLOAT -> {
        if (dtype.bits() == 32) {
          memory.set(FLOAT, at, (float) value);
        } else {
          memory.set(DOUBLE, at, value);
        }
      }
      case BOOLEAN -> memory.set(BYTE, at, (byte) (value != 0 ? 1 : 0));
      default -> write(memory, at, dtype, (long) value);
    }
  }

  /** Writes a long, cut to the type's width. */
  static void write(MemorySegment memory, long at, DType dtype, long value) {
    if (dtype.kind() == DType.Kind.FLOAT) {
      write(memory, at, dtype, (double) value);
    } else if (dtype.kind() == DType.Kind.BOOLEAN) {
      memory.set(BYTE, at, (byte) (value != 0 ? 1 : 0));
    } else {
      switch (dtype.bits()) {
        case 8 -> memory.set(BYTE, at, (byte) value);
        case 16 -> memory.set(SHORT, at, (short) value);
        case 32 -> memory.set(INT, at, (int) value);
        default -> memory.set(LONG, at, value);
      }
    }
  }

  /** Copies one element of {@code bytes} bytes; the bulk copy takes longer to find that out. */
  static void copy(MemorySegment from, long fromAt, MemorySegment to, long toAt, int bytes) {
    switch (bytes) {
      case 1 -> to.set(BYTE, toAt, from.get(BYTE, fromAt));
      case 2 -> to.set(SHORT, toAt, from.get(SHORT, fromAt));
      case 4 -> to.set(INT, toAt, from.get(INT, fromAt));
      default -> to.set(LONG, toAt, from.get(LONG, fromAt));
    }
  }

  /** Offset in elements of the element with this row-major number. */
  static long offset(Layout layout, long number) {
    long at = layout.offset();
    long rest = number;
    for (int axis = layout.shape().rank() - 1; axis >= 0; axis--) {
      long extent = layout.shape().extent(axis);
      at += rest % extent * layout.stride(axis);
      rest /= extent;
    }
    return at;
  }
}
