package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.TernaryKernel;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** LANE_DOC */
public final class F32LaneTernary implements TernaryKernel {
  public static final F32LaneTernary KERNEL = new F32LaneTernary();

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
          MemorySegment.class,
          long.class,
          long.class,
          float.class,
          float.class);
  private final MethodHandle repeatedFirst =
      Apart.loop(
          MethodHandles.lookup(),
          "repeatedFirst",
          MemorySegment.class,
          long.class,
          float.class,
          MemorySegment.class,
          long.class,
          MemorySegment.class,
          long.class,
          MemorySegment.class,
          long.class,
          long.class,
          float.class,
          float.class);
  private final MethodHandle repeatedSecond =
      Apart.loop(
          MethodHandles.lookup(),
          "repeatedSecond",
          MemorySegment.class,
          long.class,
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
  private final MethodHandle repeatedThird =
      Apart.loop(
          MethodHandles.lookup(),
          "repeatedThird",
          MemorySegment.class,
          long.class,
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

  private F32LaneTernary() {}

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
    long whole = count & -SPECIES.length();
    long bytes = whole * Float.BYTES;
    long done = 0;
    try {
      if (whole > 0 && outStride == Float.BYTES) {
        if (xStride == Float.BYTES && yStride == Float.BYTES && zStride == Float.BYTES) {
          contiguous.invokeExact(x, xAt, y, yAt, z, zAt, out, outAt, bytes, (float) p, (float) q);
          done = whole;
        } else if (xStride == 0 && yStride == Float.BYTES && zStride == Float.BYTES) {
          repeatedFirst.invokeExact(
              x,
              xAt,
              x.get(JAVA_FLOAT_UNALIGNED, xAt),
              y,
              yAt,
              z,
              zAt,
              out,
              outAt,
              bytes,
              (float) p,
              (float) q);
          done = whole;
        } else if (xStride == Float.BYTES && yStride == 0 && zStride == Float.BYTES) {
          repeatedSecond.invokeExact(
              x,
              xAt,
              y,
              yAt,
              y.get(JAVA_FLOAT_UNALIGNED, yAt),
              z,
              zAt,
              out,
              outAt,
              bytes,
              (float) p,
              (float) q);
          done = whole;
        } else if (xStride == Float.BYTES && yStride == Float.BYTES && zStride == 0) {
          repeatedThird.invokeExact(
              x,
              xAt,
              y,
              yAt,
              z,
              zAt,
              z.get(JAVA_FLOAT_UNALIGNED, zAt),
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
          z,
          zAt + done * zStride,
          zStride,
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
      MemorySegment z,
      long zAt,
      long zStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count,
      double p,
      double q) {
    dev.lanewise.kernel.scalar.F32LaneTernary.KERNEL.run(
        x, xAt, xStride, y, yAt, yStride, z, zAt, zStride, out, outAt, outStride, count, p, q);
  }

  private static void contiguous(
      MemorySegment xs,
      long xAt,
      MemorySegment ys,
      long yAt,
      MemorySegment zs,
      long zAt,
      MemorySegment out,
      long outAt,
      long bytes,
      float p,
      float q) {
    // C2 learns the class of a segment from the profile of a call on it. The profiles inside the
    // accessors are shared with all code, and vectors themselves use heap segments there while they
    // are interpreted: without the calls here no check would leave the loop.
    if (!xs.isNative() || !ys.isNative() || !zs.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < bytes; i += STEP) {
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, xs, xAt + i, ORDER);
      FloatVector y = FloatVector.fromMemorySegment(SPECIES, ys, yAt + i, ORDER);
      FloatVector z = FloatVector.fromMemorySegment(SPECIES, zs, zAt + i, ORDER);
      if (OUTSIDE(x, y, z, p, q)) {
        scalar(
            xs,
            xAt + i,
            Float.BYTES,
            ys,
            yAt + i,
            Float.BYTES,
            zs,
            zAt + i,
            Float.BYTES,
            out,
            outAt + i,
            Float.BYTES,
            SPECIES.length(),
            p,
            q);
        continue;
      }
      FloatVector value = LANE(x, y, z, p, q);
      value.intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  private static void repeatedFirst(
      MemorySegment xs,
      long xAt,
      float xValue,
      MemorySegment ys,
      long yAt,
      MemorySegment zs,
      long zAt,
      MemorySegment out,
      long outAt,
      long bytes,
      float p,
      float q) {
    // C2 learns the class of a segment from the profile of a call on it. The profiles inside the
    // accessors are shared with all code, and vectors themselves use heap segments there while they
    // are interpreted: without the calls here no check would leave the loop.
    if (!xs.isNative() || !ys.isNative() || !zs.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < bytes; i += STEP) {
      FloatVector x = FloatVector.broadcast(SPECIES, xValue);
      FloatVector y = FloatVector.fromMemorySegment(SPECIES, ys, yAt + i, ORDER);
      FloatVector z = FloatVector.fromMemorySegment(SPECIES, zs, zAt + i, ORDER);
      if (OUTSIDE(x, y, z, p, q)) {
        scalar(
            xs,
            xAt,
            0,
            ys,
            yAt + i,
            Float.BYTES,
            zs,
            zAt + i,
            Float.BYTES,
            out,
            outAt + i,
            Float.BYTES,
            SPECIES.length(),
            p,
            q);
        continue;
      }
      FloatVector value = LANE(x, y, z, p, q);
      value.intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  private static void repeatedSecond(
      MemorySegment xs,
      long xAt,
      MemorySegment ys,
      long yAt,
      float yValue,
      MemorySegment zs,
      long zAt,
      MemorySegment out,
      long outAt,
      long bytes,
      float p,
      float q) {
    // C2 learns the class of a segment from the profile of a call on it. The profiles inside the
    // accessors are shared with all code, and vectors themselves use heap segments there while they
    // are interpreted: without the calls here no check would leave the loop.
    if (!xs.isNative() || !ys.isNative() || !zs.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < bytes; i += STEP) {
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, xs, xAt + i, ORDER);
      FloatVector y = FloatVector.broadcast(SPECIES, yValue);
      FloatVector z = FloatVector.fromMemorySegment(SPECIES, zs, zAt + i, ORDER);
      if (OUTSIDE(x, y, z, p, q)) {
        scalar(
            xs,
            xAt + i,
            Float.BYTES,
            ys,
            yAt,
            0,
            zs,
            zAt + i,
            Float.BYTES,
            out,
            outAt + i,
            Float.BYTES,
            SPECIES.length(),
            p,
            q);
        continue;
      }
      FloatVector value = LANE(x, y, z, p, q);
      value.intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  private static void repeatedThird(
      MemorySegment xs,
      long xAt,
      MemorySegment ys,
      long yAt,
      MemorySegment zs,
      long zAt,
      float zValue,
      MemorySegment out,
      long outAt,
      long bytes,
      float p,
      float q) {
    // C2 learns the class of a segment from the profile of a call on it. The profiles inside the
    // accessors are shared with all code, and vectors themselves use heap segments there while they
    // are interpreted: without the calls here no check would leave the loop.
    if (!xs.isNative() || !ys.isNative() || !zs.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < bytes; i += STEP) {
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, xs, xAt + i, ORDER);
      FloatVector y = FloatVector.fromMemorySegment(SPECIES, ys, yAt + i, ORDER);
      FloatVector z = FloatVector.broadcast(SPECIES, zValue);
      if (OUTSIDE(x, y, z, p, q)) {
        scalar(
            xs,
            xAt + i,
            Float.BYTES,
            ys,
            yAt + i,
            Float.BYTES,
            zs,
            zAt,
            0,
            out,
            outAt + i,
            Float.BYTES,
            SPECIES.length(),
            p,
            q);
        continue;
      }
      FloatVector value = LANE(x, y, z, p, q);
      value.intoMemorySegment(out, outAt + i, ORDER);
    }
  }
}
