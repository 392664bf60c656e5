package dev.lanewise.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.TernaryKernel;
import java.lang.foreign.MemorySegment;

/** {@code out[i] = x[i] != 0 ? y[i] : z[i]}, where {@code x} holds one byte per element. */
public final class F32Where implements TernaryKernel {
  public static final F32Where KERNEL = new F32Where();

  private F32Where() {}

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
    for (long i = 0; i < count; i++) {
      float yes = y.get(JAVA_FLOAT_UNALIGNED, yAt + i * yStride);
      float no = z.get(JAVA_FLOAT_UNALIGNED, zAt + i * zStride);
      boolean condition = x.get(JAVA_BYTE, xAt + i * xStride) != 0;
      out.set(JAVA_FLOAT_UNALIGNED, outAt + i * outStride, condition ? yes : no);
    }
  }
}
