package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.MapKernel;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** LANE_DOC */
public final class F32LaneMap implements MapKernel {
  public static final F32LaneMap KERNEL = new F32LaneMap();

  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final int STEP = SPECIES.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private final MethodHandle contiguous =
      Apart.loop(
          MethodHandles.lookup(),
          "contiguous",
          MemorySegment.class,
          long.class,
          MemorySegment.class,
          long.class,
          long.class,
          float.class,
          float.class);
  private final MethodHandle repeated =
      Apart.loop(
          MethodHandles.lookup(),
          "repeated",
          MemorySegment.class,
          long.class,
          MemorySegment.class,
          long.class,
          long.class,
          float.class,
          float.class);

  private F32LaneMap() {}

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
    long whole = count & -SPECIES.length();
    long bytes = whole * Float.BYTES;
    long done = 0;
    try {
      if (whole > 0 && outStride == Float.BYTES) {
        if (xStride == Float.BYTES) {
          contiguous.invokeExact(x, xAt, out, outAt, bytes, (float) p, (float) q);
          done = whole;
        } else if (xStride == 0) {
          repeated.invokeExact(x, xAt, out, outAt, bytes, (float) p, (float) q);
          done = whole;
        }
      }
    } catch (Throwable failure) {
      throw Apart.thrown(failure);
    }
    if (done < count) {
      scalar(
          x,
          xAt + done * xStride,
          xStride,
          out,
          outAt + done * outStride,
          outStride,
          count - done,
          p,
          q);
    }
  }

  private static void scalar(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count,
      double p,
      double q) {
    dev.lanewise.kernel.scalar.F32LaneMap.KERNEL.run(
        x, xAt, xStride, out, outAt, outStride, count, p, q);
  }

  private static void contiguous(
      MemorySegment xs, long xAt, MemorySegment out, long outAt, long bytes, float p, float q) {
    // C2 learns the class of a segment from the profile of a call on it. The profiles inside the
    // accessors are shared with all code, and vectors themselves use heap segments there while they
    // are interpreted: without the calls here no check would leave the loop.
    if (!xs.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < bytes; i += STEP) {
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, xs, xAt + i, ORDER);
      if (OUTSIDE(x, p, q)) {
        scalar(xs, xAt + i, Float.BYTES, out, outAt + i, Float.BYTES, SPECIES.length(), p, q);
        continue;
      }
      FloatVector value = LANE(x, p, q);
      value.intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  private static void repeated(
      MemorySegment xs, long xAt, MemorySegment out, long outAt, long bytes, float p, float q) {
    // C2 learns the class of a segment from the profile of a call on it. The profiles inside the
    // accessors are shared with all code, and vectors themselves use heap segments there while they
    // are interpreted: without the calls here no check would leave the loop.
    if (!xs.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    float xValue = xs.get(JAVA_FLOAT_UNALIGNED, xAt);
    float value = dev.lanewise.kernel.scalar.F32LaneMap.lane(xValue, p, q);
    for (long i = 0; i < bytes; i += STEP) {
      FloatVector.broadcast(SPECIES, value).intoMemorySegment(out, outAt + i, ORDER);
    }
  }
}
