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
        weights(s, image, group, column + e, 1, row, rows, block, e, ROW, 0);
      }
      return;
    }
    // A run is what is adjacent in the image: one tap's channels, or a line of the kernel.
    long run = joined ? s.kernelWidth() * channels : channels;
    long first = column % run;
    long tap = (column - first) / channels;
    long kh = tap / s.kernelWidth();
    long kw = tap % s.kernelWidth();
    long ow = row % s.outWidth();
    long oh = row / s.outWidth() % s.outHeight();
    long n = row / s.outWidth() / s.outHeight();
    for (int i = 0; i < rows; i++) {
      long at = image.at() + n * image.batchStride() + group * channels * Float.BYTES;
      long y = oh * s.strideHeight() - s.padTop();
      long x = ow * s.strideWidth() - s.padLeft();
      patch(s, image, at, y, x, run, first, kh, kw, depth, block, i * ROW);
      if (++ow == s.outWidth()) {
        ow = 0;
        if (++oh == s.outHeight()) {
          oh = 0;
          n++;
        }
      }
    }
  }

  /**
   * Copies {@code depth} elements of the patch whose tap (0, 0) is at (y, x) of an image, from element
   * {@code first} of the run at tap (kh, kw) on.
   */
  private static void patch(
      ConvolutionShape s,
      Image image,
      long imageAt,
      long y,
      long x,
      long run,
      long first,
      long kh,
      long kw,
      int depth,
      float[] to,
      int toAt) {
    long channels = s.groupChannels();
    int end = toAt + depth;
    while (toAt < end) {
      int count = (int) Math.min(run - first, end - toAt);
      long yTap = y + kh * s.dilationHeight();
      if (yTap < 0 || yTap >= s.height()) {
        Arrays.fill(to, toAt, toAt + count, 0);
      } else {
        long xTap = x + kw * s.dilationWidth();
        long at = imageAt + yTap * image.heightStride() + xTap * image.widthStride();
        int lead = Math.clamp(-xTap * channels - first, 0, count);
        int tail = Math.clamp((s.width() - xTap) * channels - first, lead, count);
        if (lead > 0) {
          Arrays.fill(to, toAt, toAt + lead, 0);
        }
        F32Pack.run(image.memory(), at + (first + lead) * Float.BYTES, to, toAt + lead, tail - lead);
        if (tail < count) {
          Arrays.fill(to, toAt + tail, toAt + count, 0);
        }
      }
      toAt += count;
      first = 0;
      if (run > channels || ++kw == s.kernelWidth()) {
        kw = 0;
        kh++;
      }
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
      int lanes = 1;
      if (F32Pack.GROUPS && lane == 0) {
        long adjacent = Math.min(channels - (row + i) % channels, rows - i);
        lanes = adjacent < GROUP ? 1 : (int) (adjacent - adjacent % GROUP);
      }
      weights(s, image, group, row + i, lanes, pixel, depth, block, toAt, GROUP, GROUP * depth);
      i += lanes;
    }
  }

  /**
   * What some weights meet at {@code count} output pixels: either one weight, {@code to[toAt + i *
   * step] = patch[row + i, column]}, or several groups of {@link #GROUP} weights of one tap, {@code
   * to[toAt + g * groupStep + i * step + lane] = patch[row + i, column + g * GROUP + lane]}.
   */
  private static void weights(
      ConvolutionShape s,
      Image image,
      long group,
      long column,
      int lanes,
      long row,
      int count,
      float[] to,
      int toAt,
      int step,
      int groupStep) {
    long channels = s.groupChannels();
    long tap = column / channels;
    long channel = group * channels + column % channels;
    long yTap = tap / s.kernelWidth() * s.dilationHeight() - s.padTop();
    long xTap = tap % s.kernelWidth() * s.dilationWidth() - s.padLeft();
    long stride = s.strideWidth() * image.widthStride();
    long ow = row % s.outWidth();
    long oh = row / s.outWidth() % s.outHeight();
    long imageAt =
        image.at()
            + row / s.outWidth() / s.outHeight() * image.batchStride()
            + channel * Float.BYTES;
    for (int i = 0; i < count; ) {
      int pixels = (int) Math.min(s.outWidth() - ow, count - i);
      long y = oh * s.strideHeight() + yTap;
      long x = ow * s.strideWidth() + xTap;
      int lead = 0;
      int tail = 0;
      if (y >= 0 && y < s.height()) {
        lead = x >= 0 ? 0 : (int) Math.min(Math.ceilDiv(-x, s.strideWidth()), pixels);
        boolean inside = x + (pixels - 1) * s.strideWidth() < s.width();
        tail =
            inside
                ? pixels
                : Math.clamp(Math.ceilDiv(s.width() - x, s.strideWidth()), lead, pixels);
      }
      long at =
          imageAt + y * image.heightStride() + (x + lead * s.strideWidth()) * image.widthStride();
      for (int lane = 0; lane < lanes; lane += GROUP) {
        int lineAt = toAt + lane / GROUP * groupStep + i * step;
        int width = Math.min(lanes, GROUP);
        zeros(to, lineAt, step, lead, width);
        if (lanes >= GROUP) {
          long laneAt = at + lane * (long) Float.BYTES;
          F32Pack.groups(image.memory(), laneAt, stride, to, lineAt + lead * step, tail - lead);
        } else {
          F32Pack.spread(image.memory(), at, stride, to, lineAt + lead * step, step, tail - lead);
        }
        zeros(to, lineAt + tail * step, step, pixels - tail, width);
      }
      i += pixels;
      ow = 0;
      if (++oh == s.outHeight()) {
        oh = 0;
        imageAt += image.batchStride();
      }
    }
  }

  private static void zeros(float[] to, int toAt, int step, int count, int width) {
    for (int i = 0; i < count; i++) {
      for (int lane = 0; lane < width; lane++) {
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
