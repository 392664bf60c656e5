package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.ConvolutionShape;
import dev.lanewise.kernel.Image;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The patches of an image as an operand ("im2col"), packed straight into blocks and panels: the
 * matrix itself, several times as large as the image, never exists.
 *
 * <p>The patch matrix of a convolution with spread 1 has a row per output pixel {@code (n, oh, ow)}
 * and a column per weight {@code (kh, kw, c)} of a group.
 */
final class F32Patches {
  private static final int ROW = F32Tile4x2v.ROW;
  private static final int GROUP = F32Block.GROUP;

  /** Adjacent elements from which on it pays to copy them as such, rather than one weight's pixels. */
  private static final int RUN = 8;

  private F32Patches() {}

  /**
   * Packs rows {@code row} to {@code row + rows} and columns {@code column} to {@code column + depth}
   * of the patch matrix as a block that is not interleaved.
   */
  static void block(
      ConvolutionShape s,
      Image image,
      long group,
      long row,
      int rows,
      long column,
      int depth,
      float[] block) {
    long channels = s.groupChannels();
    boolean joined = s.dilationWidth() == 1 && image.widthStride() == channels * Float.BYTES;
    if ((joined ? s.kernelWidth() : 1) * channels < RUN) {
      for (int e = 0; e < depth; e++) {
        weight(s, image, group, column + e, row, rows, block, e, ROW, 1);
      }
      return;
    }
    long ow = row % s.outWidth();
    long oh = row / s.outWidth() % s.outHeight();
    long n = row / s.outWidth() / s.outHeight();
    for (int i = 0; i < rows; i++) {
      long at = image.at() + n * image.batchStride() + group * channels * Float.BYTES;
      long y = oh * s.strideHeight() - s.padTop();
      long x = ow * s.strideWidth() - s.padLeft();
      patch(s, image, joined, at, y, x, column, depth, block, i * ROW);
      if (++ow == s.outWidth()) {
        ow = 0;
        if (++oh == s.outHeight()) {
          oh = 0;
          n++;
        }
      }
    }
  }

  /** Elements {@code column} to {@code column + depth} of the patch whose first tap is (y, x). */
  private static void patch(
      ConvolutionShape s,
      Image image,
      boolean joined,
      long at,
      long y,
      long x,
      long column,
      int depth,
      float[] to,
      int toAt) {
    long channels = s.groupChannels();
    // A run is what is adjacent in the image: one tap's channels, or a line of the kernel.
    long runTaps = joined ? s.kernelWidth() : 1;
    long run = runTaps * channels;
    long end = column + depth;
    for (long e = column; e < end; ) {
      long tap = e / run * runTaps;
      long first = e % run;
      int count = (int) Math.min(run - first, end - e);
      long yTap = y + tap / s.kernelWidth() * s.dilationHeight();
      long xTap = x + tap % s.kernelWidth() * s.dilationWidth();
      int i = toAt + (int) (e - column);
      if (yTap < 0 || yTap >= s.height()) {
        Arrays.fill(to, i, i + count, 0);
      } else {
        long runAt = at + yTap * image.heightStride() + xTap * image.widthStride();
        int lead = Math.clamp(-xTap * channels - first, 0, count);
        int tail = Math.clamp((s.width() - xTap) * channels - first, lead, count);
        if (lead > 0) {
          Arrays.fill(to, i, i + lead, 0);
        }
        F32Pack.run(
            image.memory(), runAt + (first + lead) * Float.BYTES, to, i + lead, tail - lead);
        if (tail < count) {
          Arrays.fill(to, i + tail, i + count, 0);
        }
      }
      e += count;
    }
  }

  /**
   * Packs rows {@code row} to {@code row + rows} and columns {@code pixel} to {@code pixel + depth} of
   * the transposed patch matrix as an interleaved block.
   */
  static void transposedBlock(
      ConvolutionShape s,
      Image image,
      long group,
      long row,
      int rows,
      long pixel,
      int depth,
      float[] block) {
    long channels = s.groupChannels();
    for (int i = 0; i < rows; ) {
      int lane = i % GROUP;
      int toAt = (i - lane) * depth + lane;
      boolean vector = F32Pack.GROUPS && lane == 0 && (row + i) % channels + GROUP <= channels;
      int lanes = vector && i + GROUP <= rows ? GROUP : 1;
      weight(s, image, group, row + i, pixel, depth, block, toAt, GROUP, lanes);
      i += lanes;
    }
  }

  /**
   * What one weight meets at {@code count} output pixels, or {@code lanes} adjacent weights: {@code
   * to[toAt + i * step] = patch[row + i, column]}.
   */
  private static void weight(
      ConvolutionShape s,
      Image image,
      long group,
      long column,
      long row,
      int count,
      float[] to,
      int toAt,
      int step,
      int lanes) {
    long channels = s.groupChannels();
    long tap = column / channels;
    long channel = group * channels + column % channels;
    long yTap = tap / s.kernelWidth() * s.dilationHeight() - s.padTop();
    long xTap = tap % s.kernelWidth() * s.dilationWidth() - s.padLeft();
    long stride = s.strideWidth() * image.widthStride();
    long ow = row % s.outWidth();
    long line = row / s.outWidth();
    for (int i = 0; i < count; ) {
      int pixels = (int) Math.min(s.outWidth() - ow, count - i);
      long y = line % s.outHeight() * s.strideHeight() + yTap;
      long x = ow * s.strideWidth() + xTap;
      int lead = 0;
      int tail = 0;
      if (y >= 0 && y < s.height()) {
        lead = Math.clamp(Math.ceilDiv(-x, s.strideWidth()), 0, pixels);
        tail = Math.clamp(Math.ceilDiv(s.width() - x, s.strideWidth()), lead, pixels);
      }
      int at = toAt + i * step;
      zeros(to, at, step, lead, lanes);
      long imageAt =
          image.at()
              + line / s.outHeight() * image.batchStride()
              + y * image.heightStride()
              + (x + lead * s.strideWidth()) * image.widthStride()
              + channel * Float.BYTES;
      MemorySegment memory = image.memory();
      if (lanes == GROUP) {
        F32Pack.groups(memory, imageAt, stride, to, at + lead * step, tail - lead);
      } else {
        F32Pack.spread(memory, imageAt, stride, to, at + lead * step, step, tail - lead);
      }
      zeros(to, at + tail * step, step, pixels - tail, lanes);
      i += pixels;
      ow = 0;
      line++;
    }
  }

  private static void zeros(float[] to, int toAt, int step, int count, int lanes) {
    for (int i = 0; i < count; i++) {
      for (int lane = 0; lane < lanes; lane++) {
        to[toAt + i * step + lane] = 0;
      }
    }
  }

  /**
   * Packs a panel of an image of the output's extents: a row per pixel from {@code row} on, columns
   * {@code channel} to {@code channel + columns}.
   */
  static void panel(
      ConvolutionShape s,
      Image image,
      long row,
      int depth,
      long channel,
      int columns,
      MemorySegment to,
      long toAt) {
    F32Pack.pad(columns, depth, to, toAt);
    long ow = row % s.outWidth();
    long line = row / s.outWidth();
    boolean dense = isDense(s, image);
    for (int i = 0; i < depth; ) {
      int pixels = dense ? depth : (int) Math.min(s.outWidth() - ow, depth - i);
      long at = pixelAt(s, image, line, ow) + channel * Float.BYTES;
      F32Pack.part(
          image.memory(), at, image.widthStride(), Float.BYTES, pixels, columns, to,
          toAt + i * (long) F32Block.PANEL_ROW);
      i += pixels;
      ow = 0;
      line++;
    }
  }

  /** Whether the pixels of an image of the output's extents lie evenly. */
  static boolean isDense(ConvolutionShape s, Image image) {
    long line = s.outWidth() * image.widthStride();
    return (image.heightStride() == line || s.outHeight() == 1)
        && (image.batchStride() == s.outHeight() * line || s.batch() == 1);
  }

  /** Where pixel {@code ow} of a line, counted over {@code (n, oh)}, of an output image stands. */
  static long pixelAt(ConvolutionShape s, Image image, long line, long ow) {
    return image.at()
        + line / s.outHeight() * image.batchStride()
        + line % s.outHeight() * image.heightStride()
        + ow * image.widthStride();
  }
}
