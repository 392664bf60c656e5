package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Finds the greatest element of rows. There is one form for all providers. */
public final class ArgMaxLoop {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private ArgMaxLoop() {}

  /**
   * Writes for each of {@code rows} rows the index, 64 bits wide, of its first greatest element;
   * NaN counts as greatest. All offsets and strides are in bytes; a row has at least one element,
   * {@code stride} from the next.
   */
  public static void run(
      Element element,
      MemorySegment x,
      long xAt,
      long rowStride,
      long stride,
      MemorySegment out,
      long outAt,
      long outStride,
      long rows,
      long extent) {
    // Tells C2 the class of the segments, so that no check of it stays in the loops.
    if (!x.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long r = 0; r < rows; r++) {
      long at = xAt + r * rowStride;
      long greatest =
          element == Element.F32 ? floats(x, at, stride, extent) : doubles(x, at, stride, extent);
      out.set(LONG, outAt + r * outStride, greatest);
    }
  }

  private static long floats(MemorySegment x, long at, long stride, long extent) {
    float greatest = x.get(FLOAT, at);
    long index = 0;
    for (long i = 1; i < extent && !Float.isNaN(greatest); i++) {
      float value = x.get(FLOAT, at + i * stride);
      if (!(value <= greatest)) {
        greatest = value;
        index = i;
      }
    }
    return index;
  }

  private static long doubles(MemorySegment x, long at, long stride, long extent) {
    double greatest = x.get(DOUBLE, at);
    long index = 0;
    for (long i = 1; i < extent && !Double.isNaN(greatest); i++) {
      double value = x.get(DOUBLE, at + i * stride);
      if (!(value <= greatest)) {
        greatest = value;
        index = i;
      }
    }
    return index;
  }
}
