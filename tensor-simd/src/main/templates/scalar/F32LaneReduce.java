package dev.lanewise.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.ReduceKernel;
import java.lang.foreign.MemorySegment;

/** LANE_DOC */
public final class F32LaneReduce implements ReduceKernel {
  public static final F32LaneReduce KERNEL = new F32LaneReduce();

  private F32LaneReduce() {}

  public static float lane(float a, float x) {
    return LANE(a, x);
  }

  @Override
  public void rows(
      MemorySegment x,
      long xAt,
      long rowStride,
      long stride,
      MemorySegment out,
      long outAt,
      long outStride,
      long rows,
      long extent) {
    // Tells C2 the class of the segments, see the templates of the vector loops.
    if (!x.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long r = 0; r < rows; r++) {
      float value = row(x, xAt + r * rowStride, stride, extent);
      out.set(JAVA_FLOAT_UNALIGNED, outAt + r * outStride, value);
    }
  }

  /** The sixteen virtual lanes are the locals {@code a} to {@code p}. */
  private static float row(MemorySegment x, long at, long stride, long extent) {
    float a = NEUTRAL;
    float b = NEUTRAL;
    float c = NEUTRAL;
    float d = NEUTRAL;
    float e = NEUTRAL;
    float f = NEUTRAL;
    float g = NEUTRAL;
    float h = NEUTRAL;
    float i = NEUTRAL;
    float j = NEUTRAL;
    float k = NEUTRAL;
    float l = NEUTRAL;
    float m = NEUTRAL;
    float n = NEUTRAL;
    float o = NEUTRAL;
    float p = NEUTRAL;
    long left = extent;
    for (; left >= 16; left -= 16, at += 16 * stride) {
      a = lane(a, x.get(JAVA_FLOAT_UNALIGNED, at));
      b = lane(b, x.get(JAVA_FLOAT_UNALIGNED, at + stride));
      c = lane(c, x.get(JAVA_FLOAT_UNALIGNED, at + 2 * stride));
      d = lane(d, x.get(JAVA_FLOAT_UNALIGNED, at + 3 * stride));
      e = lane(e, x.get(JAVA_FLOAT_UNALIGNED, at + 4 * stride));
      f = lane(f, x.get(JAVA_FLOAT_UNALIGNED, at + 5 * stride));
      g = lane(g, x.get(JAVA_FLOAT_UNALIGNED, at + 6 * stride));
      h = lane(h, x.get(JAVA_FLOAT_UNALIGNED, at + 7 * stride));
      i = lane(i, x.get(JAVA_FLOAT_UNALIGNED, at + 8 * stride));
      j = lane(j, x.get(JAVA_FLOAT_UNALIGNED, at + 9 * stride));
      k = lane(k, x.get(JAVA_FLOAT_UNALIGNED, at + 10 * stride));
      l = lane(l, x.get(JAVA_FLOAT_UNALIGNED, at + 11 * stride));
      m = lane(m, x.get(JAVA_FLOAT_UNALIGNED, at + 12 * stride));
      n = lane(n, x.get(JAVA_FLOAT_UNALIGNED, at + 13 * stride));
      o = lane(o, x.get(JAVA_FLOAT_UNALIGNED, at + 14 * stride));
      p = lane(p, x.get(JAVA_FLOAT_UNALIGNED, at + 15 * stride));
    }
    return finish(x, at, stride, left, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
  }

  /** Folds the last elements, fewer than sixteen, into the lanes, and then the lanes. */
  public static float finish(
      MemorySegment x,
      long at,
      long stride,
      long left,
      float a,
      float b,
      float c,
      float d,
      float e,
      float f,
      float g,
      float h,
      float i,
      float j,
      float k,
      float l,
      float m,
      float n,
      float o,
      float p) {
    if (left > 0) {
      a = lane(a, x.get(JAVA_FLOAT_UNALIGNED, at));
    }
    if (left > 1) {
      b = lane(b, x.get(JAVA_FLOAT_UNALIGNED, at + stride));
    }
    if (left > 2) {
      c = lane(c, x.get(JAVA_FLOAT_UNALIGNED, at + 2 * stride));
    }
    if (left > 3) {
      d = lane(d, x.get(JAVA_FLOAT_UNALIGNED, at + 3 * stride));
    }
    if (left > 4) {
      e = lane(e, x.get(JAVA_FLOAT_UNALIGNED, at + 4 * stride));
    }
    if (left > 5) {
      f = lane(f, x.get(JAVA_FLOAT_UNALIGNED, at + 5 * stride));
    }
    if (left > 6) {
      g = lane(g, x.get(JAVA_FLOAT_UNALIGNED, at + 6 * stride));
    }
    if (left > 7) {
      h = lane(h, x.get(JAVA_FLOAT_UNALIGNED, at + 7 * stride));
    }
    if (left > 8) {
      i = lane(i, x.get(JAVA_FLOAT_UNALIGNED, at + 8 * stride));
    }
    if (left > 9) {
      j = lane(j, x.get(JAVA_FLOAT_UNALIGNED, at + 9 * stride));
    }
    if (left > 10) {
      k = lane(k, x.get(JAVA_FLOAT_UNALIGNED, at + 10 * stride));
    }
    if (left > 11) {
      l = lane(l, x.get(JAVA_FLOAT_UNALIGNED, at + 11 * stride));
    }
    if (left > 12) {
      m = lane(m, x.get(JAVA_FLOAT_UNALIGNED, at + 12 * stride));
    }
    if (left > 13) {
      n = lane(n, x.get(JAVA_FLOAT_UNALIGNED, at + 13 * stride));
    }
    if (left > 14) {
      o = lane(o, x.get(JAVA_FLOAT_UNALIGNED, at + 14 * stride));
    }
    a = lane(lane(lane(a, i), lane(e, m)), lane(lane(c, k), lane(g, o)));
    b = lane(lane(lane(b, j), lane(f, n)), lane(lane(d, l), lane(h, p)));
    return lane(a, b);
  }

  @Override
  public void columns(
      MemorySegment x,
      long xAt,
      long rowStride,
      MemorySegment out,
      long outAt,
      long rows,
      long columns) {
    for (long c = 0; c < columns; c++) {
      float value = NEUTRAL;
      for (long r = 0; r < rows; r++) {
        long at = xAt + r * rowStride + c * Float.BYTES;
        value = lane(value, x.get(JAVA_FLOAT_UNALIGNED, at));
      }
      out.set(JAVA_FLOAT_UNALIGNED, outAt + c * Float.BYTES, value);
    }
  }
}
