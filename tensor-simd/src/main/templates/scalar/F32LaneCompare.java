package dev.lanewise.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.ZipKernel;
import java.lang.foreign.MemorySegment;

/**
 * LANE_DOC
 *
 * <p>The result is one byte for each pair of elements: 1 where the relation holds, else 0.
 */
public final class F32LaneCompare implements ZipKernel {
  public static final F32LaneCompare KERNEL = new F32LaneCompare();

  private F32LaneCompare() {}

  public static boolean lane(float x, float y) {
    return LANE(x, y);
  }

  @Override
  public void run(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment y,
      long yAt,
      long yStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count,
      double p,
      double q) {
    // Tells C2 the class of the segments, see the templates of the vector loops.
    if (!x.isNative() || !y.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < count; i++) {
      float left = x.get(JAVA_FLOAT_UNALIGNED, xAt + i * xStride);
      float right = y.get(JAVA_FLOAT_UNALIGNED, yAt + i * yStride);
      out.set(JAVA_BYTE, outAt + i * outStride, lane(left, right) ? (byte) 1 : (byte) 0);
    }
  }
}
