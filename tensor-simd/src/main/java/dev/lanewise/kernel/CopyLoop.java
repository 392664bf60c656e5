package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Moves elements of one, two, four or eight bytes. There is nothing to compute, so there is one
 * form for all providers.
 */
public final class CopyLoop {
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  /** Two elements of four bytes, the first one in the lower half on every platform. */
  private static final ValueLayout.OfLong PAIR = LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final long LOW = 0xFFFFFFFFL;

  /** Elements from which on a bulk copy beats a loop. */
  private static final int BULK = 16;

  /**
   * Rows and columns of a tile: as many rows of the operand as there are columns, each at most two
   * cache lines wide, stay in the first-level cache even where all of them fall into the same sets.
   */
  private static final int TILE = 16;

  private CopyLoop() {}

  /** {@code out[i] = x[i]} for elements of {@code width} bytes; strides in bytes, zero repeats. */
  public static void run(
      int width,
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count) {
    if (xStride == width && outStride == width && count >= BULK) {
      MemorySegment.copy(x, xAt, out, outAt, count * width);
      return;
    }
    // Tells C2 the class of the segments, so that no check of it stays in the loops.
    if (!x.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    switch (width) {
      case 1 -> bytes(x, xAt, xStride, out, outAt, outStride, count);
      case 2 -> shorts(x, xAt, xStride, out, outAt, outStride, count);
      case 4 -> ints(x, xAt, xStride, out, outAt, outStride, count);
      case 8 -> longs(x, xAt, xStride, out, outAt, outStride, count);
      default -> throw new IllegalArgumentException("copy: elements of " + width + " bytes");
    }
  }

  /**
   * {@code out[r, c] = x[c, r]}: the rows of both are adjacent elements, {@code xRowStride} and
   * {@code outRowStride} bytes apart; {@code rows} and {@code columns} are those of {@code out}.
   */
  public static void transpose(
      int width,
      MemorySegment x,
      long xAt,
      long xRowStride,
      MemorySegment out,
      long outAt,
      long outRowStride,
      long rows,
      long columns) {
    for (long r = 0; r < rows; r += TILE) {
      long height = Math.min(TILE, rows - r);
      for (long c = 0; c < columns; c += TILE) {
        long from = xAt + c * xRowStride + r * width;
        long to = outAt + r * outRowStride + c * width;
        long count = Math.min(TILE, columns - c);
        if (width == Integer.BYTES && height == TILE && count == TILE) {
          pairs(x, from, xRowStride, out, to, outRowStride);
        } else {
          for (long i = 0; i < height; i++) {
            run(width, x, from + i * width, xRowStride, out, to + i * outRowStride, width, count);
          }
        }
      }
    }
  }

  /** A whole tile of elements of four bytes, two by two of them in two registers. */
  private static void pairs(
      MemorySegment x,
      long xAt,
      long xRowStride,
      MemorySegment out,
      long outAt,
      long outRowStride) {
    // Tells C2 the class of the segments, so that no check of it stays in the loops.
    if (!x.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (int c = 0; c < TILE; c += 2) {
      long from = xAt + c * xRowStride;
      long to = outAt + (long) c * Integer.BYTES;
      for (int r = 0; r < TILE; r += 2) {
        long left = x.get(PAIR, from + (long) r * Integer.BYTES);
        long right = x.get(PAIR, from + xRowStride + (long) r * Integer.BYTES);
        out.set(PAIR, to + r * outRowStride, (left & LOW) | (right << 32));
        out.set(PAIR, to + (r + 1) * outRowStride, (left >>> 32) | (right & ~LOW));
      }
    }
  }

  private static void bytes(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long n) {
    for (long i = 0; i < n; i++) {
      out.set(BYTE, outAt + i * outStride, x.get(BYTE, xAt + i * xStride));
    }
  }

  private static void shorts(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long n) {
    for (long i = 0; i < n; i++) {
      out.set(SHORT, outAt + i * outStride, x.get(SHORT, xAt + i * xStride));
    }
  }

  private static void ints(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long n) {
    for (long i = 0; i < n; i++) {
      out.set(INT, outAt + i * outStride, x.get(INT, xAt + i * xStride));
    }
  }

  private static void longs(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long n) {
    for (long i = 0; i < n; i++) {
      out.set(LONG, outAt + i * outStride, x.get(LONG, xAt + i * xStride));
    }
  }
}
