package dev.lanewise.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.MapKernel;
import java.lang.foreign.MemorySegment;

/** LANE_DOC */
public final class F32LaneMap implements MapKernel {
  public static final F32LaneMap KERNEL = new F32LaneMap();

  private F32LaneMap() {}

  public static float lane(float x, float p, float q) {
    return LANE(x, p, q);
  }

  @Override
  public void run(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count,
      double p,
      double q) {
    // Tells C2 the class of the segments, see the templates of the vector loops.
    if (!x.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    float a = (float) p;
    float b = (float) q;
    for (long i = 0; i < count; i++) {
      float value = lane(x.get(JAVA_FLOAT_UNALIGNED, xAt + i * xStride), a, b);
      out.set(JAVA_FLOAT_UNALIGNED, outAt + i * outStride, value);
    }
  }
}
