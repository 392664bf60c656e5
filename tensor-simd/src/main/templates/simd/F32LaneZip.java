package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.ZipKernel;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** LANE_DOC */
public final class F32LaneZip implements ZipKernel {
  public static final F32LaneZip KERNEL = new F32LaneZip();

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
          MemorySegment.class,
          long.class,
          long.class,
          float.class,
          float.class);
  private final MethodHandle repeatedRight =
      Apart.loop(
          MethodHandles.lookup(),
          "repeatedRight",
          MemorySegment.class,
          long.class,
          MemorySegment.class,
          long.class,
          float.class,
          MemorySegment.class,
          long.class,
          long.class,
          float.class,
          float.class);
  private final MethodHandle repeatedLeft =
      Apart.loop(
          MethodHandles.lookup(),
          "repeatedLeft",
          MemorySegment.class,
          long.class,
          float.class,
          MemorySegment.class,
          long.class,
          MemorySegment.class,
          long.class,
          long.class,
          float.class,
          float.class);

  private F32LaneZip() {}

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
    long whole = count & -SPECIES.length();
    long bytes = whole * Float.BYTES;
    long done = 0;
    try {
      if (whole > 0 && outStride == Float.BYTES) {
        if (xStride == Float.BYTES && yStride == Float.BYTES) {
          contiguous.invokeExact(x, xAt, y, yAt, out, outAt, bytes, (float) p, (float) q);
          done = whole;
        } else if (xStride == Float.BYTES && yStride == 0) {
          repeatedRight.invokeExact(
              x,
              xAt,
              y,
              yAt,
              y.get(JAVA_FLOAT_UNALIGNED, yAt),
              out,
              outAt,
              bytes,
              (float) p,
              (float) q);
          done = whole;
        } else if (xStride == 0 && yStride == Float.BYTES) {
          repeatedLeft.invokeExact(
              x,
              xAt,
              x.get(JAVA_FLOAT_UNALIGNED, xAt),
              y,
              yAt,
              out,
              outAt,
              bytes,
              (float) p,
              (float) q);
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
          y,
          yAt + done * yStride,
          yStride,
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
      MemorySegment y,
      long yAt,
      long yStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count,
      double p,
      double q) {
    dev.lanewise.kernel.scalar.F32LaneZip.KERNEL.run(
        x, xAt, xStride, y, yAt, yStride, out, outAt, outStride, count, p, q);
  }

  private static void contiguous(
      MemorySegment xs,
      long xAt,
      MemorySegment ys,
      long yAt,
      MemorySegment out,
      long outAt,
      long bytes,
      float p,
      float q) {
    // C2 learns the class of a segment from the profile of a call on it. The profiles inside the
    // accessors are shared with all code, and vectors themselves use heap segments there while they
    // are interpreted: without the calls here no check would leave the loop.
    if (!xs.isNative() || !ys.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < bytes; i += STEP) {
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, xs, xAt + i, ORDER);
      FloatVector y = FloatVector.fromMemorySegment(SPECIES, ys, yAt + i, ORDER);
      if (OUTSIDE(x, y, p, q)) {
        scalar(
            xs,
            xAt + i,
            Float.BYTES,
            ys,
            yAt + i,
            Float.BYTES,
            out,
            outAt + i,
            Float.BYTES,
            SPECIES.length(),
            p,
            q);
        continue;
      }
      FloatVector value = LANE(x, y, p, q);
      value.intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  private static void repeatedRight(
      MemorySegment xs,
      long xAt,
      MemorySegment ys,
      long yAt,
      float yValue,
      MemorySegment out,
      long outAt,
      long bytes,
      float p,
      float q) {
    // C2 learns the class of a segment from the profile of a call on it. The profiles inside the
    // accessors are shared with all code, and vectors themselves use heap segments there while they
    // are interpreted: without the calls here no check would leave the loop.
    if (!xs.isNative() || !ys.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < bytes; i += STEP) {
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, xs, xAt + i, ORDER);
      FloatVector y = FloatVector.broadcast(SPECIES, yValue);
      if (OUTSIDE(x, y, p, q)) {
        scalar(
            xs,
            xAt + i,
            Float.BYTES,
            ys,
            yAt,
            0,
            out,
            outAt + i,
            Float.BYTES,
            SPECIES.length(),
            p,
            q);
        continue;
      }
      FloatVector value = LANE(x, y, p, q);
      value.intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  private static void repeatedLeft(
      MemorySegment xs,
      long xAt,
      float xValue,
      MemorySegment ys,
      long yAt,
      MemorySegment out,
      long outAt,
      long bytes,
      float p,
      float q) {
    // C2 learns the class of a segment from the profile of a call on it. The profiles inside the
    // accessors are shared with all code, and vectors themselves use heap segments there while they
    // are interpreted: without the calls here no check would leave the loop.
    if (!xs.isNative() || !ys.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < bytes; i += STEP) {
      FloatVector x = FloatVector.broadcast(SPECIES, xValue);
      FloatVector y = FloatVector.fromMemorySegment(SPECIES, ys, yAt + i, ORDER);
      if (OUTSIDE(x, y, p, q)) {
        scalar(
            xs,
            xAt,
            0,
            ys,
            yAt + i,
            Float.BYTES,
            out,
            outAt + i,
            Float.BYTES,
            SPECIES.length(),
            p,
            q);
        continue;
      }
      FloatVector value = LANE(x, y, p, q);
      value.intoMemorySegment(out, outAt + i, ORDER);
    }
  }
}
