package dev.lanewise.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.ZipKernel;
import java.lang.foreign.MemorySegment;

/** LANE_DOC */
public final class F32LaneZip implements ZipKernel {
  public static final F32LaneZip KERNEL = new F32LaneZip();

  private F32LaneZip() {}

  public static float lane(float x, float y, float p, float q) {
    return LANE(x, y, p, q);
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
    float a = (float) p;
    float b = (float) q;
    for (long i = 0; i < count; i++) {
      float left = x.get(JAVA_FLOAT_UNALIGNED, xAt + i * xStride);
      float right = y.get(JAVA_FLOAT_UNALIGNED, yAt + i * yStride);
      out.set(JAVA_FLOAT_UNALIGNED, outAt + i * outStride, lane(left, right, a, b));
    }
  }
}
