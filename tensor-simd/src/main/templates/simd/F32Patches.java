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

  /**
   * Adjacent elements from which on it pays to copy them as such, rather than one weight's pixels.
   */
  private static final int RUN = 8;

  private F32Patches() {}

  /**
   * Packs rows {@code row} to {@code row + rows} and columns {@code column} to {@code column +
   * depth} of the patch matrix as a block.
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
        weight(s, image, group, column + e, row, rows, block, e);
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
   * Copies {@code depth} elements of the patch whose tap (0, 0) is at (y, x) of an image, from
   * element {@code first} of the run at tap (kh, kw) on.
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
        F32Pack.run(
            image.memory(), at + (first + lead) * Float.BYTES, to, toAt + lead, tail - lead);
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
   * What one weight meets: column {@code column} of the patches, as column {@code to} of a block.
   */
  private static void weight(
      ConvolutionShape s,
      Image image,
      long group,
      long column,
      long row,
      int rows,
      float[] block,
      int to) {
    long channels = s.groupChannels();
    long tap = column / channels;
    long channel = group * channels + column % channels;
    long yTap = tap / s.kernelWidth() * s.dilationHeight() - s.padTop();
    long xTap = tap % s.kernelWidth() * s.dilationWidth() - s.padLeft();
    long stride = s.strideWidth() * image.widthStride();
    long ow = row % s.outWidth();
    long line = row / s.outWidth();
    for (int i = 0; i < rows; ) {
      int pixels = (int) Math.min(s.outWidth() - ow, rows - i);
      long y = line % s.outHeight() * s.strideHeight() + yTap;
      long x = ow * s.strideWidth() + xTap;
      int lead = lead(s, y, x, pixels);
      int tail = tail(s, y, x, pixels);
      for (int p = 0; p < lead; p++) {
        block[(i + p) * ROW + to] = 0;
      }
      long at = tapAt(s, image, line, y, x + lead * s.strideWidth()) + channel * Float.BYTES;
      F32Pack.spread(image.memory(), at, stride, block, (i + lead) * ROW + to, ROW, tail - lead);
      for (int p = tail; p < pixels; p++) {
        block[(i + p) * ROW + to] = 0;
      }
      i += pixels;
      ow = 0;
      line++;
    }
  }

  /**
   * Packs a panel of the patch matrix: rows {@code row} to {@code row + depth}, columns {@code
   * column} to {@code column + columns}.
   */
  static void panel(
      ConvolutionShape s,
      Image image,
      long group,
      long row,
      int depth,
      long column,
      int columns,
      MemorySegment to,
      long toAt) {
    F32Pack.pad(columns, depth, to, toAt);
    long channels = s.groupChannels();
    for (int j = 0; j < columns; ) {
      long channel = (column + j) % channels;
      int adjacent = (int) Math.min(channels - channel, columns - j);
      weights(
          s,
          image,
          (column + j) / channels,
          group * channels + channel,
          adjacent,
          row,
          depth,
          to,
          toAt + j * (long) Float.BYTES);
      j += adjacent;
    }
  }

  /** What {@code columns} adjacent channels of one tap meet, as columns of a panel. */
  private static void weights(
      ConvolutionShape s,
      Image image,
      long tap,
      long channel,
      int columns,
      long row,
      int depth,
      MemorySegment to,
      long toAt) {
    long yTap = tap / s.kernelWidth() * s.dilationHeight() - s.padTop();
    long xTap = tap % s.kernelWidth() * s.dilationWidth() - s.padLeft();
    long stride = s.strideWidth() * image.widthStride();
    long ow = row % s.outWidth();
    long line = row / s.outWidth();
    for (int i = 0; i < depth; ) {
      int pixels = (int) Math.min(s.outWidth() - ow, depth - i);
      long y = line % s.outHeight() * s.strideHeight() + yTap;
      long x = ow * s.strideWidth() + xTap;
      int lead = lead(s, y, x, pixels);
      int tail = tail(s, y, x, pixels);
      long lineAt = toAt + i * (long) F32Block.PANEL_ROW;
      F32Pack.zero(to, lineAt, F32Block.PANEL_ROW, Float.BYTES, lead, columns);
      long at = tapAt(s, image, line, y, x + lead * s.strideWidth()) + channel * Float.BYTES;
      F32Pack.part(
          image.memory(),
          at,
          stride,
          Float.BYTES,
          tail - lead,
          columns,
          to,
          lineAt + lead * (long) F32Block.PANEL_ROW);
      F32Pack.zero(
          to,
          lineAt + tail * (long) F32Block.PANEL_ROW,
          F32Block.PANEL_ROW,
          Float.BYTES,
          pixels - tail,
          columns);
      i += pixels;
      ow = 0;
      line++;
    }
  }

  /** Of {@code pixels} output pixels in a line, those whose tap is left of the image. */
  private static int lead(ConvolutionShape s, long y, long x, int pixels) {
    return x >= 0 || y < 0 || y >= s.height()
        ? 0
        : (int) Math.min(Math.ceilDiv(-x, s.strideWidth()), pixels);
  }

  /**
   * Of {@code pixels} output pixels in a line, those before the first that is right of the image.
   */
  private static int tail(ConvolutionShape s, long y, long x, int pixels) {
    if (y < 0 || y >= s.height()) {
      return 0;
    }
    if (x + (pixels - 1) * s.strideWidth() < s.width()) {
      return pixels;
    }
    int lead = lead(s, y, x, pixels);
    return Math.clamp(Math.ceilDiv(s.width() - x, s.strideWidth()), lead, pixels);
  }

  /** Where place (y, x) of the image of an output line, counted over {@code (n, oh)}, stands. */
  private static long tapAt(ConvolutionShape s, Image image, long line, long y, long x) {
    return image.at()
        + line / s.outHeight() * image.batchStride()
        + y * image.heightStride()
        + x * image.widthStride();
  }

  /**
   * Packs the transpose of an image of the output's extents as a block: a row per channel from
   * {@code channel} on, a column per pixel from {@code pixel} on.
   */
  static void transposedBlock(
      ConvolutionShape s,
      Image image,
      long channel,
      int rows,
      long pixel,
      int depth,
      float[] block) {
    long ow = pixel % s.outWidth();
    long line = pixel / s.outWidth();
    boolean dense = isDense(s, image);
    for (int i = 0; i < depth; ) {
      int pixels = dense ? depth : (int) Math.min(s.outWidth() - ow, depth - i);
      long at = pixelAt(s, image, line, ow) + channel * Float.BYTES;
      F32Pack.blockPart(
          image.memory(), at, Float.BYTES, image.widthStride(), rows, pixels, block, i);
      i += pixels;
      ow = 0;
      line++;
    }
  }

  /** Whether the pixels of an image of the output's extents lie evenly. */
  private static boolean isDense(ConvolutionShape s, Image image) {
    long line = s.outWidth() * image.widthStride();
    return (image.heightStride() == line || s.outHeight() == 1)
        && (image.batchStride() == s.outHeight() * line || s.batch() == 1);
  }

  /** Where pixel {@code ow} of a line, counted over {@code (n, oh)}, of an output image stands. */
  private static long pixelAt(ConvolutionShape s, Image image, long line, long ow) {
    return image.at()
        + line / s.outHeight() * image.batchStride()
        + line % s.outHeight() * image.heightStride()
        + ow * image.widthStride();
  }
}
