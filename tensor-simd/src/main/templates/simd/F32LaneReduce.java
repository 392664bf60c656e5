package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.ReduceKernel;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** LANE_DOC */
public final class F32LaneReduce implements ReduceKernel {
  public static final F32LaneReduce KERNEL = new F32LaneReduce();

  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final int STEP = SPECIES.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** The bytes of the sixteen virtual lanes. */
  private static final int BLOCK = 16 * Float.BYTES;

  /** Columns are folded in strips of this many bytes, which stay in the first-level cache. */
  private static final int STRIP = 8192;

  private final MethodHandle allRows =
      Apart.loop(
          MethodHandles.lookup(),
          "allRows",
          MemorySegment.class,
          long.class,
          long.class,
          MemorySegment.class,
          long.class,
          long.class,
          long.class,
          long.class);
  private final MethodHandle allColumns =
      Apart.loop(
          MethodHandles.lookup(),
          "allColumns",
          MemorySegment.class,
          long.class,
          long.class,
          MemorySegment.class,
          long.class,
          long.class,
          long.class);

  private F32LaneReduce() {}

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
    if (stride != Float.BYTES || extent < 16) {
      dev.lanewise.kernel.scalar.F32LaneReduce.KERNEL.rows(
          x, xAt, rowStride, stride, out, outAt, outStride, rows, extent);
      return;
    }
    try {
      allRows.invokeExact(x, xAt, rowStride, out, outAt, outStride, rows, extent);
    } catch (Throwable failure) {
      throw Apart.thrown(failure);
    }
  }

  private static void allRows(
      MemorySegment x,
      long xAt,
      long rowStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long rows,
      long extent) {
    for (long r = 0; r < rows; r++) {
      long at = xAt + r * rowStride;
      float value =
          switch (16 / SPECIES.length()) {
            case 1 -> byOne(x, at, extent);
            case 2 -> byTwo(x, at, extent);
            case 4 -> byFour(x, at, extent);
            default -> byEight(x, at, extent);
          };
      out.set(JAVA_FLOAT_UNALIGNED, outAt + r * outStride, value);
    }
  }

  private static float byOne(MemorySegment x, long at, long extent) {
    // C2 learns the class of a segment from the profile of a call on it. The profiles inside the
    // accessors are shared with all code, and vectors themselves use heap segments there while they
    // are interpreted: without the calls here no check would leave the loop.
    if (!x.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    FloatVector a = FloatVector.broadcast(SPECIES, NEUTRAL);
    long left = extent;
    for (; left >= 16; left -= 16, at += BLOCK) {
      FloatVector aa = FloatVector.fromMemorySegment(SPECIES, x, at, ORDER);
      a = LANE(a, aa);
    }
    return dev.lanewise.kernel.scalar.F32LaneReduce.finish(
        x,
        at,
        Float.BYTES,
        left,
        a.lane(0),
        a.lane(1),
        a.lane(2),
        a.lane(3),
        a.lane(4),
        a.lane(5),
        a.lane(6),
        a.lane(7),
        a.lane(8),
        a.lane(9),
        a.lane(10),
        a.lane(11),
        a.lane(12),
        a.lane(13),
        a.lane(14),
        a.lane(15));
  }

  private static float byTwo(MemorySegment x, long at, long extent) {
    if (!x.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    FloatVector a = FloatVector.broadcast(SPECIES, NEUTRAL);
    FloatVector b = FloatVector.broadcast(SPECIES, NEUTRAL);
    long left = extent;
    for (; left >= 16; left -= 16, at += BLOCK) {
      FloatVector aa = FloatVector.fromMemorySegment(SPECIES, x, at, ORDER);
      a = LANE(a, aa);
      FloatVector bb = FloatVector.fromMemorySegment(SPECIES, x, at + STEP, ORDER);
      b = LANE(b, bb);
    }
    return dev.lanewise.kernel.scalar.F32LaneReduce.finish(
        x,
        at,
        Float.BYTES,
        left,
        a.lane(0),
        a.lane(1),
        a.lane(2),
        a.lane(3),
        a.lane(4),
        a.lane(5),
        a.lane(6),
        a.lane(7),
        b.lane(0),
        b.lane(1),
        b.lane(2),
        b.lane(3),
        b.lane(4),
        b.lane(5),
        b.lane(6),
        b.lane(7));
  }

  private static float byFour(MemorySegment x, long at, long extent) {
    if (!x.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    FloatVector a = FloatVector.broadcast(SPECIES, NEUTRAL);
    FloatVector b = FloatVector.broadcast(SPECIES, NEUTRAL);
    FloatVector c = FloatVector.broadcast(SPECIES, NEUTRAL);
    FloatVector d = FloatVector.broadcast(SPECIES, NEUTRAL);
    long left = extent;
    for (; left >= 16; left -= 16, at += BLOCK) {
      FloatVector aa = FloatVector.fromMemorySegment(SPECIES, x, at, ORDER);
      a = LANE(a, aa);
      FloatVector bb = FloatVector.fromMemorySegment(SPECIES, x, at + STEP, ORDER);
      b = LANE(b, bb);
      FloatVector cc = FloatVector.fromMemorySegment(SPECIES, x, at + 2 * STEP, ORDER);
      c = LANE(c, cc);
      FloatVector dd = FloatVector.fromMemorySegment(SPECIES, x, at + 3 * STEP, ORDER);
      d = LANE(d, dd);
    }
    return dev.lanewise.kernel.scalar.F32LaneReduce.finish(
        x,
        at,
        Float.BYTES,
        left,
        a.lane(0),
        a.lane(1),
        a.lane(2),
        a.lane(3),
        b.lane(0),
        b.lane(1),
        b.lane(2),
        b.lane(3),
        c.lane(0),
        c.lane(1),
        c.lane(2),
        c.lane(3),
        d.lane(0),
        d.lane(1),
        d.lane(2),
        d.lane(3));
  }

  private static float byEight(MemorySegment x, long at, long extent) {
    if (!x.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    FloatVector a = FloatVector.broadcast(SPECIES, NEUTRAL);
    FloatVector b = FloatVector.broadcast(SPECIES, NEUTRAL);
    FloatVector c = FloatVector.broadcast(SPECIES, NEUTRAL);
    FloatVector d = FloatVector.broadcast(SPECIES, NEUTRAL);
    FloatVector e = FloatVector.broadcast(SPECIES, NEUTRAL);
    FloatVector f = FloatVector.broadcast(SPECIES, NEUTRAL);
    FloatVector g = FloatVector.broadcast(SPECIES, NEUTRAL);
    FloatVector h = FloatVector.broadcast(SPECIES, NEUTRAL);
    long left = extent;
    for (; left >= 16; left -= 16, at += BLOCK) {
      FloatVector aa = FloatVector.fromMemorySegment(SPECIES, x, at, ORDER);
      a = LANE(a, aa);
      FloatVector bb = FloatVector.fromMemorySegment(SPECIES, x, at + STEP, ORDER);
      b = LANE(b, bb);
      FloatVector cc = FloatVector.fromMemorySegment(SPECIES, x, at + 2 * STEP, ORDER);
      c = LANE(c, cc);
      FloatVector dd = FloatVector.fromMemorySegment(SPECIES, x, at + 3 * STEP, ORDER);
      d = LANE(d, dd);
      FloatVector ee = FloatVector.fromMemorySegment(SPECIES, x, at + 4 * STEP, ORDER);
      e = LANE(e, ee);
      FloatVector ff = FloatVector.fromMemorySegment(SPECIES, x, at + 5 * STEP, ORDER);
      f = LANE(f, ff);
      FloatVector gg = FloatVector.fromMemorySegment(SPECIES, x, at + 6 * STEP, ORDER);
      g = LANE(g, gg);
      FloatVector hh = FloatVector.fromMemorySegment(SPECIES, x, at + 7 * STEP, ORDER);
      h = LANE(h, hh);
    }
    return dev.lanewise.kernel.scalar.F32LaneReduce.finish(
        x,
        at,
        Float.BYTES,
        left,
        a.lane(0),
        a.lane(1),
        b.lane(0),
        b.lane(1),
        c.lane(0),
        c.lane(1),
        d.lane(0),
        d.lane(1),
        e.lane(0),
        e.lane(1),
        f.lane(0),
        f.lane(1),
        g.lane(0),
        g.lane(1),
        h.lane(0),
        h.lane(1));
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
    long whole = columns & -SPECIES.length();
    long end = whole * Float.BYTES;
    try {
      allColumns.invokeExact(x, xAt, rowStride, out, outAt, rows, end);
    } catch (Throwable failure) {
      throw Apart.thrown(failure);
    }
    if (whole < columns) {
      dev.lanewise.kernel.scalar.F32LaneReduce.KERNEL.columns(
          x, xAt + end, rowStride, out, outAt + end, rows, columns - whole);
    }
  }

  private static void allColumns(
      MemorySegment x,
      long xAt,
      long rowStride,
      MemorySegment out,
      long outAt,
      long rows,
      long end) {
    for (long c = 0; c < end; c += STRIP) {
      long bytes = Math.min(STRIP, end - c);
      fill(out, outAt + c, bytes);
      long at = xAt + c;
      long left = rows;
      for (; left >= 4; left -= 4, at += 4 * rowStride) {
        foldFour(x, at, rowStride, out, outAt + c, bytes);
      }
      for (; left > 0; left--, at += rowStride) {
        foldOne(x, at, out, outAt + c, bytes);
      }
    }
  }

  private static void fill(MemorySegment out, long outAt, long bytes) {
    if (!out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < bytes; i += STEP) {
      FloatVector.broadcast(SPECIES, NEUTRAL).intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  private static void foldFour(
      MemorySegment x, long at, long rowStride, MemorySegment out, long outAt, long bytes) {
    if (!x.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < bytes; i += STEP) {
      long from = at + i;
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, out, outAt + i, ORDER);
      FloatVector first = FloatVector.fromMemorySegment(SPECIES, x, from, ORDER);
      value = LANE(value, first);
      FloatVector second = FloatVector.fromMemorySegment(SPECIES, x, from + rowStride, ORDER);
      value = LANE(value, second);
      FloatVector third = FloatVector.fromMemorySegment(SPECIES, x, from + 2 * rowStride, ORDER);
      value = LANE(value, third);
      FloatVector fourth = FloatVector.fromMemorySegment(SPECIES, x, from + 3 * rowStride, ORDER);
      value = LANE(value, fourth);
      value.intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  private static void foldOne(MemorySegment x, long at, MemorySegment out, long outAt, long bytes) {
    if (!x.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long i = 0; i < bytes; i += STEP) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, out, outAt + i, ORDER);
      FloatVector first = FloatVector.fromMemorySegment(SPECIES, x, at + i, ORDER);
      value = LANE(value, first);
      value.intoMemorySegment(out, outAt + i, ORDER);
    }
  }
}
