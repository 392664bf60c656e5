package dev.lanewise.kernel;

import static dev.lanewise.kernel.Format.BYTE;
import static dev.lanewise.kernel.Format.INT;
import static dev.lanewise.kernel.Format.LONG;
import static dev.lanewise.kernel.Format.SHORT;

import java.lang.foreign.MemorySegment;

/**
 * Picks from two rows of elements of one, two, four or eight bytes. Bits are moved and nothing is
 * computed, so one form serves all element types and all providers.
 */
public final class WhereLoop {
  private WhereLoop() {}

  /**
   * {@code out[i] = x[i] != 0 ? y[i] : z[i]} for one byte per element in {@code x} and {@code
   * width} bytes in the others; strides in bytes, zero repeats.
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
    switch (width) {
      case 1 -> {
        for (long i = 0; i < count; i++) {
          byte yes = y.get(BYTE, yAt + i * yStride);
          byte no = z.get(BYTE, zAt + i * zStride);
          out.set(BYTE, outAt + i * outStride, holds(x, xAt + i * xStride) ? yes : no);
        }
      }
      case 2 -> {
        for (long i = 0; i < count; i++) {
          short yes = y.get(SHORT, yAt + i * yStride);
          short no = z.get(SHORT, zAt + i * zStride);
          out.set(SHORT, outAt + i * outStride, holds(x, xAt + i * xStride) ? yes : no);
        }
      }
      case 4 -> {
        for (long i = 0; i < count; i++) {
          int yes = y.get(INT, yAt + i * yStride);
          int no = z.get(INT, zAt + i * zStride);
          out.set(INT, outAt + i * outStride, holds(x, xAt + i * xStride) ? yes : no);
        }
      }
      case 8 -> {
        for (long i = 0; i < count; i++) {
          long yes = y.get(LONG, yAt + i * yStride);
          long no = z.get(LONG, zAt + i * zStride);
          out.set(LONG, outAt + i * outStride, holds(x, xAt + i * xStride) ? yes : no);
        }
      }
      default -> throw new IllegalArgumentException("where: elements of " + width + " bytes");
    }
  }

  private static boolean holds(MemorySegment x, long at) {
    return x.get(BYTE, at) != 0;
  }
}
