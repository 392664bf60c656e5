package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How an element of data lies in memory, in the platform's byte order. */
public enum Format {
  /** IEEE 754 binary64. */
  F64(8),
  /** IEEE 754 binary32. */
  F32(4),
  /** Two's complement of 64 bits. */
  I64(8),
  /** Two's complement of 32 bits. */
  I32(4),
  /** Two's complement of 16 bits. */
  I16(2),
  /** Two's complement of 8 bits. */
  I8(1),
  /** Unsigned binary of 8 bits. */
  U8(1),
  /** One byte, 0 or 1. */
  BOOL(1);

  static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private final int bytes;

  Format(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether elements are floating-point numbers. */
  public boolean isFloating() {
    return this == F64 || this == F32;
  }

  /** The floating-point number at a byte offset. */
  double real(MemorySegment memory, long at) {
    return this == F32 ? memory.get(FLOAT, at) : memory.get(DOUBLE, at);
  }

  /** The integer at a byte offset. */
  long whole(MemorySegment memory, long at) {
    return switch (this) {
      case I64 -> memory.get(LONG, at);
      case I32 -> memory.get(INT, at);
      case I16 -> memory.get(SHORT, at);
      case I8 -> memory.get(BYTE, at);
      case U8, BOOL -> memory.get(BYTE, at) & 0xFF;
      case F64, F32 -> throw new IllegalStateException("no integer: " + this);
    };
  }

  /** Writes a number by the rules of {@link CastLoop}. */
  void write(MemorySegment memory, long at, double value) {
    switch (this) {
      case F64 -> memory.set(DOUBLE, at, value);
      case F32 -> memory.set(FLOAT, at, (float) value);
      case I64 -> memory.set(LONG, at, (long) value);
      case I32 -> memory.set(INT, at, (int) value);
      case I16 -> memory.set(SHORT, at, (short) Math.clamp((long) value, -0x8000, 0x7FFF));
      case I8 -> memory.set(BYTE, at, (byte) Math.clamp((long) value, -0x80, 0x7F));
      case U8 -> memory.set(BYTE, at, (byte) Math.clamp((long) value, 0, 0xFF));
      case BOOL -> memory.set(BYTE, at, (byte) (value != 0 ? 1 : 0));
    }
  }

  /** Writes an integer by the rules of {@link CastLoop}. */
  void write(MemorySegment memory, long at, long value) {
    switch (this) {
      case F64 -> memory.set(DOUBLE, at, (double) value);
      case F32 -> memory.set(FLOAT, at, (float) value);
      case I64 -> memory.set(LONG, at, value);
      case I32 -> memory.set(INT, at, (int) value);
      case I16 -> memory.set(SHORT, at, (short) value);
      case I8, U8 -> memory.set(BYTE, at, (byte) value);
      case BOOL -> memory.set(BYTE, at, (byte) (value != 0 ? 1 : 0));
    }
  }
}
