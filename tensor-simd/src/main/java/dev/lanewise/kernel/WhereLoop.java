package dev.lanewise.kernel;

import static dev.lanewise.kernel.Format.BYTE;
import static dev.lanewise.kernel.Format.INT;
import static dev.lanewise.kernel.Format.LONG;
import static dev.lanewise.kernel.Format.SHORT;

import java.lang.foreign.MemorySegment;

/**
 * Picks from two rows of elements of one, two, four or eight bytes. Bits are moved and nothing is
 * computed, so one form serves all element types and all providers. There is no branch on the
 * condition, which may be random.
 */
public final class WhereLoop {
  private WhereLoop() {}

  /**
   * {@code out[i] = x[i] != 0 ? y[i] : z[i]} for one byte, 0 or 1, per element in {@code x} and
   * {@code width} bytes in the others; strides in bytes, zero repeats.
   */
  public static void run(
      int width,
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment y,
      long yAt,
      long yStride,
      MemorySegment z,
      long zAt,
      long zStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count) {
    if (width == 4 && xStride == 1 && yStride == 4 && zStride == 4 && outStride == 4) {
      adjacentInts(x, xAt, y, yAt, z, zAt, out, outAt, count);
      return;
    }
    switch (width) {
      case 1 -> {
        for (long i = 0; i < count; i++) {
          int mask = mask(x, xAt + i * xStride);
          int yes = y.get(BYTE, yAt + i * yStride) & mask;
          int no = z.get(BYTE, zAt + i * zStride) & ~mask;
          out.set(BYTE, outAt + i * outStride, (byte) (yes | no));
        }
      }
      case 2 -> {
        for (long i = 0; i < count; i++) {
          int mask = mask(x, xAt + i * xStride);
          int yes = y.get(SHORT, yAt + i * yStride) & mask;
          int no = z.get(SHORT, zAt + i * zStride) & ~mask;
          out.set(SHORT, outAt + i * outStride, (short) (yes | no));
        }
      }
      case 4 -> {
        for (long i = 0; i < count; i++) {
          int mask = mask(x, xAt + i * xStride);
          int yes = y.get(INT, yAt + i * yStride) & mask;
          int no = z.get(INT, zAt + i * zStride) & ~mask;
          out.set(INT, outAt + i * outStride, yes | no);
        }
      }
      case 8 -> {
        for (long i = 0; i < count; i++) {
          long mask = mask(x, xAt + i * xStride);
          long yes = y.get(LONG, yAt + i * yStride) & mask;
          long no = z.get(LONG, zAt + i * zStride) & ~mask;
          out.set(LONG, outAt + i * outStride, yes | no);
        }
      }
      default -> throw new IllegalArgumentException("where: elements of " + width + " bytes");
    }
  }

  private static void adjacentInts(
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      MemorySegment z,
      long zAt,
      MemorySegment out,
      long outAt,
      long count) {
    for (long i = 0; i < count; i++) {
      int mask = mask(x, xAt + i);
      int yes = y.get(INT, yAt + 4 * i) & mask;
      int no = z.get(INT, zAt + 4 * i) & ~mask;
      out.set(INT, outAt + 4 * i, yes | no);
    }
  }

  /** All ones for 1, all zeros for 0. */
  private static int mask(MemorySegment x, long at) {
    return -x.get(BYTE, at);
  }
}
