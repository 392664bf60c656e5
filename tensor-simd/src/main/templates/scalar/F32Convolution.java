package dev.lanewise.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.Arithmetic;
import dev.lanewise.kernel.ConvolutionKernel;
import dev.lanewise.kernel.ConvolutionShape;
import dev.lanewise.kernel.Filter;
import dev.lanewise.kernel.GemmLayout;
import dev.lanewise.kernel.Image;
import dev.lanewise.kernel.PackedFilter;
import dev.lanewise.kernel.Workspace;
import dev.lanewise.kernel.WriteOut;
import java.lang.foreign.MemorySegment;

/**
 * Convolution and its gradients in plain Java: nested loops, as the definitions have them. A packed
 * filter is a copy in the order {@code (group, out channel, kh, kw, c)}, a panel one output
 * channel.
 */
public final class F32Convolution implements ConvolutionKernel {
  public static final F32Convolution KERNEL = new F32Convolution();

  private F32Convolution() {}

  @Override
  public long panels(ConvolutionShape shape) {
    return shape.outChannels();
  }

  @Override
  public long packedBytes(ConvolutionShape shape) {
    return Math.ceilDiv(shape.outChannels() * shape.patch() * Float.BYTES, 64) * 64;
  }

  @Override
  public void pack(Filter filter, long panelFrom, long panelTo, PackedFilter packed) {
    ConvolutionShape s = packed.shape();
    for (long o = panelFrom; o < panelTo; o++) {
      long to = packed.at() + o * s.patch() * Float.BYTES;
      for (long kh = 0; kh < s.kernelHeight(); kh++) {
        for (long kw = 0; kw < s.kernelWidth(); kw++) {
          for (long c = 0; c < s.groupChannels(); c++) {
            long group = o / s.groupOutChannels();
            long at = weightAt(filter, group, o % s.groupOutChannels(), kh, kw, c);
            float weight = filter.memory().get(JAVA_FLOAT_UNALIGNED, at);
            packed.memory().set(JAVA_FLOAT_UNALIGNED, to, weight);
            to += Float.BYTES;
          }
        }
      }
    }
  }

  @Override
  public void convolve(
      Image image,
      PackedFilter filter,
      Image out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo,
      Workspace workspace) {
    ConvolutionShape s = filter.shape();
    boolean skipsLines = s.skipsLines();
    boolean skipsColumns = s.skipsColumns();
    for (long row = rowFrom; row < rowTo; row++) {
      long n = row / s.outWidth() / s.outHeight();
      long oh = row / s.outWidth() % s.outHeight();
      long ow = row % s.outWidth();
      for (long o = 0; o < s.outChannels(); o++) {
        long outAt = pixelAt(out, n, oh, ow) + o * Float.BYTES;
        float sum = writeOut.accumulate() ? out.memory().get(JAVA_FLOAT_UNALIGNED, outAt) : 0;
        sum = sum(s, skipsLines, skipsColumns, image, filter, n, oh, ow, o, sum);
        out.memory().set(JAVA_FLOAT_UNALIGNED, outAt, F32Gemm.finished(sum, writeOut, o));
      }
    }
  }

  /** The sum over a patch, slab by slab, added to {@code start}. */
  private static float sum(
      ConvolutionShape s,
      boolean skipsLines,
      boolean skipsColumns,
      Image image,
      PackedFilter filter,
      long n,
      long oh,
      long ow,
      long o,
      float start) {
    long channel = o / s.groupOutChannels() * s.groupChannels();
    long weightAt = filter.at() + o * s.patch() * Float.BYTES;
    long y = oh * s.strideHeight() - s.padTop();
    long x = ow * s.strideWidth() - s.padLeft();
    long lines = taps(y, s.kernelHeight(), s.dilationHeight(), s.spreadHeight());
    long line = taps(x, s.kernelWidth(), s.dilationWidth(), s.spreadWidth()) * s.groupChannels();
    int slab = GemmLayout.slab(ConvolutionShape.slabbed(lines, line));
    boolean byLine = ConvolutionShape.slabbed(lines, line) == line;
    float sum = start;
    float chain = 0;
    int terms = 0;
    for (long kh = 0; kh < s.kernelHeight(); kh++) {
      if (byLine) {
        sum += chain;
        chain = 0;
        terms = 0;
      }
      for (long kw = 0; kw < s.kernelWidth(); kw++) {
        long h = y + kh * s.dilationHeight();
        long w = x + kw * s.dilationWidth();
        boolean gap = h % s.spreadHeight() != 0 || w % s.spreadWidth() != 0;
        boolean skipped =
            skipsLines && (h < 0 || h >= s.height()) || skipsColumns && (w < 0 || w >= s.width());
        for (long c = 0; c < s.groupChannels(); c++) {
          if (!gap) {
            if (terms == slab) {
              sum += chain;
              chain = 0;
              terms = 0;
            }
            float pixel =
                pixel(s, image, n, h / s.spreadHeight(), w / s.spreadWidth(), channel + c);
            float weight = filter.memory().get(JAVA_FLOAT_UNALIGNED, weightAt);
            chain = skipped ? chain : Arithmetic.fma(pixel, weight, chain);
            terms++;
          }
          weightAt += Float.BYTES;
        }
      }
    }
    return sum + chain;
  }

  /** The taps of a window along one axis that meet pixels and not the gaps between spread ones. */
  private static long taps(long start, long kernel, long dilation, long spread) {
    long taps = 0;
    for (long tap = 0; tap < kernel; tap++) {
      taps += (start + tap * dilation) % spread == 0 ? 1 : 0;
    }
    return taps;
  }

  @Override
  public long chunkBytes(ConvolutionShape shape) {
    return chunks(shape) * shape.outChannels() * shape.patch() * Float.BYTES;
  }

  @Override
  public void filterGradient(
      ConvolutionShape shape,
      Image image,
      Image outGradient,
      long chunk,
      long weightFrom,
      long weightTo,
      MemorySegment partial,
      long partialAt,
      Workspace workspace) {
    ConvolutionShape s = shape;
    long rowFrom = chunk * chunkRows(s);
    long rowTo = Math.min(rowFrom + chunkRows(s), s.rows());
    int slab = GemmLayout.slab(rowTo - rowFrom);
    for (long w = weightFrom; w < weightTo; w++) {
      long group = w / s.patch();
      long c = w % s.groupChannels();
      long kw = w % s.patch() / s.groupChannels() % s.kernelWidth();
      long kh = w % s.patch() / s.groupChannels() / s.kernelWidth();
      for (long o = 0; o < s.groupOutChannels(); o++) {
        float sum = 0;
        float chain = 0;
        for (long row = rowFrom; row < rowTo; row++) {
          if ((row - rowFrom) % slab == 0) {
            sum += chain;
            chain = 0;
          }
          long n = row / s.outWidth() / s.outHeight();
          long oh = row / s.outWidth() % s.outHeight();
          long ow = row % s.outWidth();
          long y = oh * s.strideHeight() + kh * s.dilationHeight() - s.padTop();
          long x = ow * s.strideWidth() + kw * s.dilationWidth() - s.padLeft();
          float pixel = pixel(s, image, n, y, x, group * s.groupChannels() + c);
          long gradientAt =
              pixelAt(outGradient, n, oh, ow) + (group * s.groupOutChannels() + o) * Float.BYTES;
          float slope = outGradient.memory().get(JAVA_FLOAT_UNALIGNED, gradientAt);
          chain = Arithmetic.fma(pixel, slope, chain);
        }
        sum += chain;
        long sumAt = partialAt + partial(s, chunk, w, o);
        partial.set(JAVA_FLOAT_UNALIGNED, sumAt, sum);
      }
    }
  }

  @Override
  public void sumChunks(
      ConvolutionShape shape,
      MemorySegment partial,
      long partialAt,
      long weightFrom,
      long weightTo,
      Filter gradient,
      boolean accumulate) {
    ConvolutionShape s = shape;
    for (long w = weightFrom; w < weightTo; w++) {
      long c = w % s.groupChannels();
      long kw = w % s.patch() / s.groupChannels() % s.kernelWidth();
      long kh = w % s.patch() / s.groupChannels() / s.kernelWidth();
      for (long o = 0; o < s.groupOutChannels(); o++) {
        float sum = partial.get(JAVA_FLOAT_UNALIGNED, partialAt + partial(s, 0, w, o));
        for (long chunk = 1; chunk < chunks(s); chunk++) {
          sum += partial.get(JAVA_FLOAT_UNALIGNED, partialAt + partial(s, chunk, w, o));
        }
        long at = weightAt(gradient, w / s.patch(), o, kh, kw, c);
        if (accumulate) {
          sum = gradient.memory().get(JAVA_FLOAT_UNALIGNED, at) + sum;
        }
        gradient.memory().set(JAVA_FLOAT_UNALIGNED, at, sum);
      }
    }
  }

  /** Where the partial sum of a chunk for weight {@code w} and output channel {@code o} stands. */
  private static long partial(ConvolutionShape s, long chunk, long w, long o) {
    return ((chunk * s.groups() * s.patch() + w) * s.groupOutChannels() + o) * Float.BYTES;
  }

  private static long pixelAt(Image image, long n, long h, long w) {
    return image.at()
        + n * image.batchStride()
        + h * image.heightStride()
        + w * image.widthStride();
  }

  private static long weightAt(Filter filter, long group, long o, long kh, long kw, long c) {
    return filter.at()
        + group * filter.groupStride()
        + o * filter.outStride()
        + c * filter.channelStride()
        + kh * filter.heightStride()
        + kw * filter.widthStride();
  }

  private static float pixel(ConvolutionShape s, Image image, long n, long y, long x, long c) {
    if (y < 0 || y >= s.height() || x < 0 || x >= s.width()) {
      return 0;
    }
    return image.memory().get(JAVA_FLOAT_UNALIGNED, pixelAt(image, n, y, x) + c * Float.BYTES);
  }
}
