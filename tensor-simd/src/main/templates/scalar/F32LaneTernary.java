package dev.lanewise.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.TernaryKernel;
import java.lang.foreign.MemorySegment;

/** LANE_DOC */
public final class F32LaneTernary implements TernaryKernel {
  public static final F32LaneTernary KERNEL = new F32LaneTernary();

  private F32LaneTernary() {}

  public static float lane(float x, float y, float z, float p, float q) {
    return LANE(x, y, z, p, q);
  }

  @Override
  public void run(
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
      long count,
      double p,
      double q) {
    // Tells C2 the class of the segments, see the templates of the vector loops.
    if (!x.isNative() || !y.isNative() || !z.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    float a = (float) p;
    float b = (float) q;
    for (long i = 0; i < count; i++) {
      float first = x.get(JAVA_FLOAT_UNALIGNED, xAt + i * xStride);
      float second = y.get(JAVA_FLOAT_UNALIGNED, yAt + i * yStride);
      float third = z.get(JAVA_FLOAT_UNALIGNED, zAt + i * zStride);
      out.set(JAVA_FLOAT_UNALIGNED, outAt + i * outStride, lane(first, second, third, a, b));
    }
  }
}
