package dev.lanewise.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.lanewise.kernel.ConvolutionShape;
import dev.lanewise.kernel.Image;
import dev.lanewise.kernel.PoolKernel;

/** Pooling, element by element. */
public final class F32Pool implements PoolKernel {
  public static final F32Pool KERNEL = new F32Pool();

  private F32Pool() {}

  @Override
  public void max(
      ConvolutionShape shape, Image x, Image out, Image positions, long lineFrom, long lineTo) {
    for (long line = lineFrom; line < lineTo; line++) {
      long n = line / shape.outHeight();
      long oh = line % shape.outHeight();
      for (long ow = 0; ow < shape.outWidth(); ow++) {
        for (long c = 0; c < shape.channels(); c++) {
          long position = greatest(shape, x, n, oh, ow, c);
          set(out, n, oh, ow, c, get(x, n, position / shape.width(), position % shape.width(), c));
          if (positions != null) {
            setPosition(positions, n, oh, ow, c, position);
          }
        }
      }
    }
  }

  private static long greatest(ConvolutionShape shape, Image x, long n, long oh, long ow, long c) {
    long hStart = oh * shape.strideHeight() - shape.padTop();
    long wStart = ow * shape.strideWidth() - shape.padLeft();
    long hEnd = hStart + shape.kernelHeight() * shape.dilationHeight();
    long wEnd = wStart + shape.kernelWidth() * shape.dilationWidth();
    long position = -1;
    float best = 0;
    for (long h = hStart; h < Math.min(hEnd, shape.height()); h += shape.dilationHeight()) {
      for (long w = wStart; w < Math.min(wEnd, shape.width()); w += shape.dilationWidth()) {
        if (h >= 0 && w >= 0) {
          float value = get(x, n, h, w, c);
          if (position < 0 || (best == best && !(value <= best))) {
            best = value;
            position = h * shape.width() + w;
          }
        }
      }
    }
    return position;
  }

  @Override
  public void maxGradient(
      ConvolutionShape shape,
      Image positions,
      Image outGradient,
      Image grad,
      long lineFrom,
      long lineTo) {
    for (long line = lineFrom; line < lineTo; line++) {
      long n = line / shape.height();
      long h = line % shape.height();
      long ohFrom = firstLine(shape, h);
      long ohTo = PoolKernel.endWindow(h, shape.padTop(), shape.strideHeight(), shape.outHeight());
      for (long w = 0; w < shape.width(); w++) {
        long owFrom = firstColumn(shape, w);
        long owTo = PoolKernel.endWindow(w, shape.padLeft(), shape.strideWidth(), shape.outWidth());
        long position = h * shape.width() + w;
        for (long c = 0; c < shape.channels(); c++) {
          float sum = 0;
          for (long oh = ohFrom; oh < ohTo; oh++) {
            for (long ow = owFrom; ow < owTo; ow++) {
              if (position(positions, n, oh, ow, c) == position) {
                sum += get(outGradient, n, oh, ow, c);
              }
            }
          }
          set(grad, n, h, w, c, sum);
        }
      }
    }
  }

  @Override
  public void pick(
      ConvolutionShape shape, Image x, Image positions, Image out, long lineFrom, long lineTo) {
    for (long line = lineFrom; line < lineTo; line++) {
      long n = line / shape.outHeight();
      long oh = line % shape.outHeight();
      for (long ow = 0; ow < shape.outWidth(); ow++) {
        for (long c = 0; c < shape.channels(); c++) {
          long position = position(positions, n, oh, ow, c);
          set(out, n, oh, ow, c, get(x, n, position / shape.width(), position % shape.width(), c));
        }
      }
    }
  }

  @Override
  public void average(
      ConvolutionShape shape, boolean countPads, Image x, Image out, long lineFrom, long lineTo) {
    for (long line = lineFrom; line < lineTo; line++) {
      long n = line / shape.outHeight();
      long oh = line % shape.outHeight();
      for (long ow = 0; ow < shape.outWidth(); ow++) {
        float places = places(shape, countPads, oh, ow);
        for (long c = 0; c < shape.channels(); c++) {
          set(out, n, oh, ow, c, sum(shape, x, n, oh, ow, c) / places);
        }
      }
    }
  }

  private static float sum(ConvolutionShape shape, Image x, long n, long oh, long ow, long c) {
    long hStart = oh * shape.strideHeight() - shape.padTop();
    long wStart = ow * shape.strideWidth() - shape.padLeft();
    long hEnd = hStart + shape.kernelHeight() * shape.dilationHeight();
    long wEnd = wStart + shape.kernelWidth() * shape.dilationWidth();
    float sum = 0;
    for (long h = hStart; h < Math.min(hEnd, shape.height()); h += shape.dilationHeight()) {
      for (long w = wStart; w < Math.min(wEnd, shape.width()); w += shape.dilationWidth()) {
        if (h >= 0 && w >= 0) {
          sum += get(x, n, h, w, c);
        }
      }
    }
    return sum;
  }

  @Override
  public void averageGradient(
      ConvolutionShape shape,
      boolean countPads,
      Image outGradient,
      Image grad,
      long lineFrom,
      long lineTo) {
    for (long line = lineFrom; line < lineTo; line++) {
      long n = line / shape.height();
      long h = line % shape.height();
      long ohFrom = firstLine(shape, h);
      long ohTo = PoolKernel.endWindow(h, shape.padTop(), shape.strideHeight(), shape.outHeight());
      for (long w = 0; w < shape.width(); w++) {
        long owFrom = firstColumn(shape, w);
        long owTo = PoolKernel.endWindow(w, shape.padLeft(), shape.strideWidth(), shape.outWidth());
        for (long c = 0; c < shape.channels(); c++) {
          float sum = 0;
          for (long oh = ohFrom; oh < ohTo; oh++) {
            for (long ow = owFrom; ow < owTo; ow++) {
              if (takesPart(shape, h, w, oh, ow)) {
                sum += get(outGradient, n, oh, ow, c) / places(shape, countPads, oh, ow);
              }
            }
          }
          set(grad, n, h, w, c, sum);
        }
      }
    }
  }

  private static boolean takesPart(ConvolutionShape shape, long h, long w, long oh, long ow) {
    return (h + shape.padTop() - oh * shape.strideHeight()) % shape.dilationHeight() == 0
        && (w + shape.padLeft() - ow * shape.strideWidth()) % shape.dilationWidth() == 0;
  }

  private static float places(ConvolutionShape shape, boolean countPads, long oh, long ow) {
    if (countPads) {
      return shape.kernelHeight() * shape.kernelWidth();
    }
    return PoolKernel.taps(
            oh * shape.strideHeight() - shape.padTop(),
            shape.kernelHeight(),
            shape.dilationHeight(),
            shape.height())
        * PoolKernel.taps(
            ow * shape.strideWidth() - shape.padLeft(),
            shape.kernelWidth(),
            shape.dilationWidth(),
            shape.width());
  }

  private static long firstLine(ConvolutionShape shape, long h) {
    return PoolKernel.firstWindow(
        h, shape.padTop(), shape.kernelHeight(), shape.strideHeight(), shape.dilationHeight());
  }

  private static long firstColumn(ConvolutionShape shape, long w) {
    return PoolKernel.firstWindow(
        w, shape.padLeft(), shape.kernelWidth(), shape.strideWidth(), shape.dilationWidth());
  }

  private static long at(Image image, long n, long h, long w, long c) {
    return image.at()
        + n * image.batchStride()
        + h * image.heightStride()
        + w * image.widthStride()
        + c * Float.BYTES;
  }

  private static float get(Image image, long n, long h, long w, long c) {
    return image.memory().get(JAVA_FLOAT_UNALIGNED, at(image, n, h, w, c));
  }

  private static void set(Image image, long n, long h, long w, long c, float value) {
    image.memory().set(JAVA_FLOAT_UNALIGNED, at(image, n, h, w, c), value);
  }

  private static long position(Image positions, long n, long h, long w, long c) {
    return positions.memory().get(JAVA_INT_UNALIGNED, positionAt(positions, n, h, w, c));
  }

  private static void setPosition(Image positions, long n, long h, long w, long c, long position) {
    long at = positionAt(positions, n, h, w, c);
    positions.memory().set(JAVA_INT_UNALIGNED, at, (int) position);
  }

  private static long positionAt(Image positions, long n, long h, long w, long c) {
    return positions.at()
        + n * positions.batchStride()
        + h * positions.heightStride()
        + w * positions.widthStride()
        + c * Integer.BYTES;
  }
}
