package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.ConvolutionShape;
import dev.lanewise.kernel.Image;
import dev.lanewise.kernel.PoolKernel;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Pooling, as many channels at a time as a vector has lanes.
 *
 * <p>The last vector of a pixel ends at its last channel and overlaps the one before: nothing is
 * read from the output, so computing a channel twice gives the same. Images with fewer channels
 * than a vector has lanes go to the plain loops. Positions travel as floating vectors of the same
 * bits, so that one mask serves both; where elements are wider than positions, the plain loops
 * serve.
 */
public final class F32Pool implements PoolKernel {
  public static final F32Pool KERNEL = new F32Pool();

  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final int STEP = SPECIES.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final PoolKernel PLAIN = dev.lanewise.kernel.scalar.F32Pool.KERNEL;

  /** Whether a vector has as many positions as elements. */
  private static final boolean POSITIONS_FIT = Float.BYTES == Integer.BYTES;

  /** C2 has no masks of two lanes: comparisons of such vectors would be boxed. */
  private static final boolean COMPARES = SPECIES.length() > 2;

  private F32Pool() {}

  private static boolean isNarrow(ConvolutionShape shape) {
    return shape.channels() < SPECIES.length();
  }

  @Override
  public void max(
      ConvolutionShape shape, Image x, Image out, Image positions, long lineFrom, long lineTo) {
    if (isNarrow(shape) || !COMPARES || (positions != null && !POSITIONS_FIT)) {
      PLAIN.max(shape, x, out, positions, lineFrom, lineTo);
      return;
    }
    long rowStep = shape.dilationHeight() * x.heightStride();
    long columnStep = shape.dilationWidth() * x.widthStride();
    long positionStep = shape.dilationHeight() * shape.width();
    int bytes = Math.toIntExact(shape.channels() * Float.BYTES);
    long reach = (shape.kernelWidth() - 1) * shape.dilationWidth();
    long last = Math.floorDiv(shape.width() - 1 - reach + shape.padLeft(), shape.strideWidth());
    // Windows before this one, from the first that does not touch the left pad on, are whole.
    long wholeTo = Math.min(shape.outWidth(), last + 1);
    for (long line = lineFrom; line < lineTo; line++) {
      long n = line / shape.outHeight();
      long oh = line % shape.outHeight();
      long hStart = oh * shape.strideHeight() - shape.padTop();
      long rows = rows(shape, hStart);
      long h =
          hStart + PoolKernel.firstTap(hStart, shape.dilationHeight()) * shape.dilationHeight();
      long lineAt = x.at() + n * x.batchStride() + h * x.heightStride();
      long outAt = out.at() + n * out.batchStride() + oh * out.heightStride();
      long positionsAt =
          positions == null
              ? 0
              : positions.at() + n * positions.batchStride() + oh * positions.heightStride();
      for (long ow = 0; ow < shape.outWidth(); ) {
        long wStart = ow * shape.strideWidth() - shape.padLeft();
        long columns = columns(shape, wStart);
        long w =
            wStart + PoolKernel.firstTap(wStart, shape.dilationWidth()) * shape.dilationWidth();
        long xAt = lineAt + w * x.widthStride();
        long position = h * shape.width() + w;
        long windows = 1;
        if (positions == null) {
          if (rows == 2 && columns == 2) {
            windows = shape.kernelWidth() == 2 ? Math.max(1, wholeTo - ow) : 1;
            greatestOfFour(
                x.memory(),
                xAt,
                rowStep,
                columnStep,
                shape.strideWidth() * x.widthStride(),
                out.memory(),
                outAt,
                out.widthStride(),
                windows,
                bytes);
          } else {
            greatestOfMany(
                x.memory(),
                xAt,
                rowStep,
                columnStep,
                (int) rows,
                (int) columns,
                out.memory(),
                outAt,
                bytes);
          }
        } else if (rows == 2 && columns == 2) {
          maxOfFour(
              x.memory(),
              xAt,
              rowStep,
              columnStep,
              position,
              positionStep,
              shape.dilationWidth(),
              out.memory(),
              outAt,
              positions.memory(),
              positionsAt,
              bytes);
        } else {
          maxOfMany(
              x.memory(),
              xAt,
              rowStep,
              columnStep,
              (int) rows,
              (int) columns,
              position,
              positionStep,
              shape.dilationWidth(),
              out.memory(),
              outAt,
              positions.memory(),
              positionsAt,
              bytes);
        }
        outAt += windows * out.widthStride();
        positionsAt += positions == null ? 0 : positions.widthStride();
        ow += windows;
      }
    }
  }

  /** The windows of most networks, two by two, without loops over the taps. */
  private static void maxOfFour(
      MemorySegment x,
      long xAt,
      long rowStep,
      long columnStep,
      long position,
      long positionRowStep,
      long positionColumnStep,
      MemorySegment out,
      long outAt,
      MemorySegment positions,
      long positionsAt,
      int bytes) {
    IntVector zero = FloatVector.zero(SPECIES).viewAsIntegralLanes();
    FloatVector bits0 = zero.broadcast(position).viewAsFloatingLanes();
    FloatVector bits1 = zero.broadcast(position + positionColumnStep).viewAsFloatingLanes();
    long below = position + positionRowStep;
    FloatVector bits2 = zero.broadcast(below).viewAsFloatingLanes();
    FloatVector bits3 = zero.broadcast(below + positionColumnStep).viewAsFloatingLanes();
    for (int i = 0; i < bytes; i += STEP) {
      int c = Math.min(i, bytes - STEP);
      long at = xAt + c;
      FloatVector best = FloatVector.fromMemorySegment(SPECIES, x, at, ORDER);
      FloatVector second = FloatVector.fromMemorySegment(SPECIES, x, at + columnStep, ORDER);
      var left = best.compare(VectorOperators.EQ, best);
      var greater = left.andNot(second.compare(VectorOperators.LE, best));
      best = best.blend(second, greater);
      FloatVector where = bits0.blend(bits1, greater);
      at += rowStep;
      FloatVector third = FloatVector.fromMemorySegment(SPECIES, x, at, ORDER);
      left = best.compare(VectorOperators.EQ, best);
      greater = left.andNot(third.compare(VectorOperators.LE, best));
      best = best.blend(third, greater);
      where = where.blend(bits2, greater);
      FloatVector fourth = FloatVector.fromMemorySegment(SPECIES, x, at + columnStep, ORDER);
      left = best.compare(VectorOperators.EQ, best);
      greater = left.andNot(fourth.compare(VectorOperators.LE, best));
      best.blend(fourth, greater).intoMemorySegment(out, outAt + c, ORDER);
      where.blend(bits3, greater).intoMemorySegment(positions, positionsAt + c, ORDER);
    }
  }

  private static void maxOfMany(
      MemorySegment x,
      long xAt,
      long rowStep,
      long columnStep,
      int rows,
      int columns,
      long position,
      long positionRowStep,
      long positionColumnStep,
      MemorySegment out,
      long outAt,
      MemorySegment positions,
      long positionsAt,
      int bytes) {
    IntVector zero = FloatVector.zero(SPECIES).viewAsIntegralLanes();
    for (int i = 0; i < bytes; i += STEP) {
      int c = Math.min(i, bytes - STEP);
      FloatVector best = FloatVector.fromMemorySegment(SPECIES, x, xAt + c, ORDER);
      FloatVector where = zero.broadcast(position).viewAsFloatingLanes();
      for (int row = 0; row < rows; row++) {
        long at = xAt + c + row * rowStep;
        long bits = position + row * positionRowStep;
        for (int column = 0; column < columns; column++) {
          FloatVector value = FloatVector.fromMemorySegment(SPECIES, x, at, ORDER);
          var left = best.compare(VectorOperators.EQ, best);
          var greater = left.andNot(value.compare(VectorOperators.LE, best));
          best = best.blend(value, greater);
          where = where.blend(zero.broadcast(bits).viewAsFloatingLanes(), greater);
          at += columnStep;
          bits += positionColumnStep;
        }
      }
      best.intoMemorySegment(out, outAt + c, ORDER);
      where.intoMemorySegment(positions, positionsAt + c, ORDER);
    }
  }

  /** {@link #maxOfFour} without positions, for {@code count} windows of a line. */
  private static void greatestOfFour(
      MemorySegment x,
      long xAt,
      long rowStep,
      long columnStep,
      long xStep,
      MemorySegment out,
      long outAt,
      long outStep,
      long count,
      int bytes) {
    // As in the loops of lane functions: C2 takes the class of a segment from a call on it here.
    if (!x.isNative() || !out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    for (long window = 0; window < count; window++) {
      for (int i = 0; i < bytes; i += STEP) {
        int c = Math.min(i, bytes - STEP);
        long at = xAt + c;
        FloatVector best = FloatVector.fromMemorySegment(SPECIES, x, at, ORDER);
        FloatVector next = FloatVector.fromMemorySegment(SPECIES, x, at + columnStep, ORDER);
        var left = best.compare(VectorOperators.EQ, best);
        best = best.blend(next, left.andNot(next.compare(VectorOperators.LE, best)));
        at += rowStep;
        next = FloatVector.fromMemorySegment(SPECIES, x, at, ORDER);
        left = best.compare(VectorOperators.EQ, best);
        best = best.blend(next, left.andNot(next.compare(VectorOperators.LE, best)));
        next = FloatVector.fromMemorySegment(SPECIES, x, at + columnStep, ORDER);
        left = best.compare(VectorOperators.EQ, best);
        best = best.blend(next, left.andNot(next.compare(VectorOperators.LE, best)));
        best.intoMemorySegment(out, outAt + c, ORDER);
      }
      xAt += xStep;
      outAt += outStep;
    }
  }

  /** {@link #maxOfMany} without positions. */
  private static void greatestOfMany(
      MemorySegment x,
      long xAt,
      long rowStep,
      long columnStep,
      int rows,
      int columns,
      MemorySegment out,
      long outAt,
      int bytes) {
    for (int i = 0; i < bytes; i += STEP) {
      int c = Math.min(i, bytes - STEP);
      FloatVector best = FloatVector.fromMemorySegment(SPECIES, x, xAt + c, ORDER);
      for (int row = 0; row < rows; row++) {
        long at = xAt + c + row * rowStep;
        for (int column = 0; column < columns; column++) {
          FloatVector value = FloatVector.fromMemorySegment(SPECIES, x, at, ORDER);
          var left = best.compare(VectorOperators.EQ, best);
          best = best.blend(value, left.andNot(value.compare(VectorOperators.LE, best)));
          at += columnStep;
        }
      }
      best.intoMemorySegment(out, outAt + c, ORDER);
    }
  }

  @Override
  public void maxGradient(
      ConvolutionShape shape,
      Image positions,
      Image outGradient,
      Image grad,
      long lineFrom,
      long lineTo) {
    if (isNarrow(shape) || !POSITIONS_FIT) {
      PLAIN.maxGradient(shape, positions, outGradient, grad, lineFrom, lineTo);
      return;
    }
    long span = (shape.kernelWidth() - 1) * shape.dilationWidth();
    int bytes = Math.toIntExact(shape.channels() * Float.BYTES);
    for (long line = lineFrom; line < lineTo; line++) {
      long n = line / shape.height();
      long h = line % shape.height();
      long ohFrom = firstLine(shape, h);
      int rows = (int) (endLine(shape, h) - ohFrom);
      long positionsAt =
          positions.at() + n * positions.batchStride() + ohFrom * positions.heightStride();
      long outAt =
          outGradient.at() + n * outGradient.batchStride() + ohFrom * outGradient.heightStride();
      long gradAt = grad.at() + n * grad.batchStride() + h * grad.heightStride();
      // The windows over a pixel move right with it; counting them along is cheaper than dividing.
      long owFrom = 0;
      long owTo = 0;
      for (long w = 0; w < shape.width(); w++) {
        while (owTo < shape.outWidth() && owTo * shape.strideWidth() - shape.padLeft() <= w) {
          owTo++;
        }
        while (owFrom < owTo && owFrom * shape.strideWidth() - shape.padLeft() + span < w) {
          owFrom++;
        }
        long fromAt = positionsAt + owFrom * positions.widthStride();
        long at = outAt + owFrom * outGradient.widthStride();
        long position = h * shape.width() + w;
        boolean alike =
            w + 1 < shape.width()
                && owTo == owFrom + 1
                && owFrom * shape.strideWidth() - shape.padLeft() + span > w
                && (owTo == shape.outWidth()
                    || owTo * shape.strideWidth() - shape.padLeft() > w + 1);
        if (rows == 1 && alike) {
          maxGradientOfTwo(
              positions.memory(),
              fromAt,
              outGradient.memory(),
              at,
              position,
              grad.memory(),
              gradAt,
              gradAt + grad.widthStride(),
              bytes);
          w++;
          gradAt += 2 * grad.widthStride();
        } else {
          maxGradient(
              positions.memory(),
              fromAt,
              positions.heightStride(),
              positions.widthStride(),
              outGradient.memory(),
              at,
              outGradient.heightStride(),
              outGradient.widthStride(),
              rows,
              (int) (owTo - owFrom),
              position,
              grad.memory(),
              gradAt,
              bytes);
          gradAt += grad.widthStride();
        }
      }
    }
  }

  /** The gradients of two neighbours that the same one window reaches: it is read once. */
  private static void maxGradientOfTwo(
      MemorySegment positions,
      long positionsAt,
      MemorySegment outGradient,
      long outAt,
      long position,
      MemorySegment grad,
      long gradAt,
      long nextAt,
      int bytes) {
    FloatVector zero = FloatVector.zero(SPECIES);
    IntVector own = zero.viewAsIntegralLanes().broadcast(position);
    IntVector next = zero.viewAsIntegralLanes().broadcast(position + 1);
    for (int i = 0; i < bytes; i += STEP) {
      int c = Math.min(i, bytes - STEP);
      IntVector from =
          FloatVector.fromMemorySegment(SPECIES, positions, positionsAt + c, ORDER)
              .viewAsIntegralLanes();
      FloatVector value =
          zero.add(FloatVector.fromMemorySegment(SPECIES, outGradient, outAt + c, ORDER));
      zero.blend(value, from.compare(VectorOperators.EQ, own).cast(SPECIES))
          .intoMemorySegment(grad, gradAt + c, ORDER);
      zero.blend(value, from.compare(VectorOperators.EQ, next).cast(SPECIES))
          .intoMemorySegment(grad, nextAt + c, ORDER);
    }
  }

  /** The gradient of one pixel from the {@code rows * columns} windows that reach it. */
  private static void maxGradient(
      MemorySegment positions,
      long positionsAt,
      long positionsRowStep,
      long positionsColumnStep,
      MemorySegment outGradient,
      long outAt,
      long outRowStep,
      long outColumnStep,
      int rows,
      int columns,
      long position,
      MemorySegment grad,
      long gradAt,
      int bytes) {
    IntVector own = FloatVector.zero(SPECIES).viewAsIntegralLanes().broadcast(position);
    for (int i = 0; i < bytes; i += STEP) {
      int c = Math.min(i, bytes - STEP);
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int row = 0; row < rows; row++) {
        long fromAt = positionsAt + c + row * positionsRowStep;
        long at = outAt + c + row * outRowStep;
        for (int column = 0; column < columns; column++) {
          var here =
              FloatVector.fromMemorySegment(SPECIES, positions, fromAt, ORDER)
                  .viewAsIntegralLanes()
                  .compare(VectorOperators.EQ, own)
                  .cast(SPECIES);
          FloatVector value = FloatVector.fromMemorySegment(SPECIES, outGradient, at, ORDER);
          sum = sum.blend(sum.add(value), here);
          fromAt += positionsColumnStep;
          at += outColumnStep;
        }
      }
      sum.intoMemorySegment(grad, gradAt + c, ORDER);
    }
  }

  @Override
  public void pick(
      ConvolutionShape shape, Image x, Image positions, Image out, long lineFrom, long lineTo) {
    PLAIN.pick(shape, x, positions, out, lineFrom, lineTo);
  }

  @Override
  public void average(
      ConvolutionShape shape, boolean countPads, Image x, Image out, long lineFrom, long lineTo) {
    if (isNarrow(shape)) {
      PLAIN.average(shape, countPads, x, out, lineFrom, lineTo);
      return;
    }
    long rowStep = shape.dilationHeight() * x.heightStride();
    long columnStep = shape.dilationWidth() * x.widthStride();
    int bytes = Math.toIntExact(shape.channels() * Float.BYTES);
    for (long line = lineFrom; line < lineTo; line++) {
      long n = line / shape.outHeight();
      long oh = line % shape.outHeight();
      long hStart = oh * shape.strideHeight() - shape.padTop();
      long rows = rows(shape, hStart);
      long h =
          hStart + PoolKernel.firstTap(hStart, shape.dilationHeight()) * shape.dilationHeight();
      long lineAt = x.at() + n * x.batchStride() + h * x.heightStride();
      long outAt = out.at() + n * out.batchStride() + oh * out.heightStride();
      for (long ow = 0; ow < shape.outWidth(); ow++) {
        long wStart = ow * shape.strideWidth() - shape.padLeft();
        long columns = columns(shape, wStart);
        long w =
            wStart + PoolKernel.firstTap(wStart, shape.dilationWidth()) * shape.dilationWidth();
        float places = countPads ? shape.kernelHeight() * shape.kernelWidth() : rows * columns;
        average(
            x.memory(),
            lineAt + w * x.widthStride(),
            rowStep,
            columnStep,
            (int) rows,
            (int) columns,
            places,
            out.memory(),
            outAt,
            bytes);
        outAt += out.widthStride();
      }
    }
  }

  private static void average(
      MemorySegment x,
      long xAt,
      long rowStep,
      long columnStep,
      int rows,
      int columns,
      float places,
      MemorySegment out,
      long outAt,
      int bytes) {
    for (int i = 0; i < bytes; i += STEP) {
      int c = Math.min(i, bytes - STEP);
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int row = 0; row < rows; row++) {
        long at = xAt + c + row * rowStep;
        for (int column = 0; column < columns; column++) {
          sum = sum.add(FloatVector.fromMemorySegment(SPECIES, x, at, ORDER));
          at += columnStep;
        }
      }
      sum.div(places).intoMemorySegment(out, outAt + c, ORDER);
    }
  }

  @Override
  public void averageGradient(
      ConvolutionShape shape,
      boolean countPads,
      Image outGradient,
      Image grad,
      long lineFrom,
      long lineTo) {
    // With dilation the windows over a pixel do not all have a tap on it.
    if (isNarrow(shape) || shape.dilationHeight() != 1 || shape.dilationWidth() != 1) {
      PLAIN.averageGradient(shape, countPads, outGradient, grad, lineFrom, lineTo);
      return;
    }
    int bytes = Math.toIntExact(shape.channels() * Float.BYTES);
    for (long line = lineFrom; line < lineTo; line++) {
      long n = line / shape.height();
      long h = line % shape.height();
      long ohFrom = firstLine(shape, h);
      long ohTo = endLine(shape, h);
      long lineAt = outGradient.at() + n * outGradient.batchStride();
      long gradAt = grad.at() + n * grad.batchStride() + h * grad.heightStride();
      for (long w = 0; w < shape.width(); w++) {
        long owFrom =
            PoolKernel.firstWindow(w, shape.padLeft(), shape.kernelWidth(), shape.strideWidth(), 1);
        long owTo = PoolKernel.endWindow(w, shape.padLeft(), shape.strideWidth(), shape.outWidth());
        averageGradient(
            shape,
            countPads,
            outGradient,
            lineAt,
            ohFrom,
            ohTo,
            owFrom,
            owTo,
            grad.memory(),
            gradAt,
            bytes);
        gradAt += grad.widthStride();
      }
    }
  }

  private static void averageGradient(
      ConvolutionShape shape,
      boolean countPads,
      Image outGradient,
      long outAt,
      long ohFrom,
      long ohTo,
      long owFrom,
      long owTo,
      MemorySegment grad,
      long gradAt,
      int bytes) {
    MemorySegment memory = outGradient.memory();
    float all = shape.kernelHeight() * shape.kernelWidth();
    for (int i = 0; i < bytes; i += STEP) {
      int c = Math.min(i, bytes - STEP);
      FloatVector sum = FloatVector.zero(SPECIES);
      for (long oh = ohFrom; oh < ohTo; oh++) {
        long rows =
            places(
                oh * shape.strideHeight() - shape.padTop(), shape.kernelHeight(), shape.height());
        for (long ow = owFrom; ow < owTo; ow++) {
          long columns =
              places(
                  ow * shape.strideWidth() - shape.padLeft(), shape.kernelWidth(), shape.width());
          long at = outAt + oh * outGradient.heightStride() + ow * outGradient.widthStride() + c;
          FloatVector value = FloatVector.fromMemorySegment(SPECIES, memory, at, ORDER);
          sum = sum.add(value.div(countPads ? all : (float) (rows * columns)));
        }
      }
      sum.intoMemorySegment(grad, gradAt + c, ORDER);
    }
  }

  /** {@link PoolKernel#taps} without dilation. */
  private static long places(long start, long kernel, long extent) {
    return Math.min(start + kernel, extent) - Math.max(start, 0);
  }

  private static long rows(ConvolutionShape shape, long hStart) {
    return PoolKernel.taps(hStart, shape.kernelHeight(), shape.dilationHeight(), shape.height());
  }

  private static long columns(ConvolutionShape shape, long wStart) {
    return PoolKernel.taps(wStart, shape.kernelWidth(), shape.dilationWidth(), shape.width());
  }

  private static long firstLine(ConvolutionShape shape, long h) {
    return PoolKernel.firstWindow(
        h, shape.padTop(), shape.kernelHeight(), shape.strideHeight(), shape.dilationHeight());
  }

  private static long endLine(ConvolutionShape shape, long h) {
    return PoolKernel.endWindow(h, shape.padTop(), shape.strideHeight(), shape.outHeight());
  }
}
