package dev.lanewise.kernel;

/**
 * The extents of a two-dimensional convolution.
 *
 * <p>Output pixel {@code (oh, ow)} reads, for every tap {@code (kh, kw)}, the place {@code (oh *
 * strideHeight + kh * dilationHeight - padTop, ow * strideWidth + kw * dilationWidth - padLeft)} of
 * the image. Places outside of it are zeros. With {@code spreadHeight} or {@code spreadWidth} above
 * 1 the pixels of the image stand that many places apart, as in a transposed convolution (Dumoulin
 * and Visin 2016); a tap that meets a gap between them adds nothing.
 *
 * <p>Pads may be negative: they crop. One-dimensional convolution has height 1 throughout.
 *
 * @param channels of the image, a multiple of {@code groups}
 * @param outChannels a multiple of {@code groups}
 */
public record ConvolutionShape(
    long batch,
    long height,
    long width,
    long channels,
    long outHeight,
    long outWidth,
    long outChannels,
    long groups,
    long kernelHeight,
    long kernelWidth,
    long strideHeight,
    long strideWidth,
    long dilationHeight,
    long dilationWidth,
    long spreadHeight,
    long spreadWidth,
    long padTop,
    long padLeft) {

  /** Terms of a kernel line from which on each line is cut into slabs by itself. */
  private static final long LONG_LINE = 256;

  /**
   * Pixels that must meet the same taps before the others are left out: fewer do not pay for
   * another pass through the filter.
   */
  private static final long SAME_PIXELS = 32;

  /** Leaving taps out pays if no more than this part of them meets the image. */
  private static final double WORTH_CUTTING = 0.95;

  /** The channels of one group of the image. */
  public long groupChannels() {
    return channels / groups;
  }

  /** The output channels of one group. */
  public long groupOutChannels() {
    return outChannels / groups;
  }

  /** The weights that meet in one output element: taps times channels of a group. */
  public long patch() {
    return kernelHeight * kernelWidth * groupChannels();
  }

  /**
   * The terms that are cut into slabs together, {@link GemmLayout#slab}: a line of the kernel where
   * that is long, otherwise the patch.
   */
  public long slabbed() {
    return slabbed(kernelHeight, kernelWidth * groupChannels());
  }

  /** {@link #slabbed} of a kernel with so many lines of so many terms. */
  public static long slabbed(long lines, long line) {
    return line >= LONG_LINE ? line : lines * line;
  }

  /** Whether the lines of the kernel that stand above or below the image take no part. */
  public boolean skipsLines() {
    return mayCut(batch * outWidth)
        && worthCutting(height, outHeight, kernelHeight, strideHeight, dilationHeight, padTop);
  }

  /** Whether the taps that stand left or right of the image take no part. */
  public boolean skipsColumns() {
    return mayCut(skipsLines() ? batch : batch * outHeight)
        && worthCutting(width, outWidth, kernelWidth, strideWidth, dilationWidth, padLeft);
  }

  private boolean mayCut(long samePixels) {
    return samePixels >= SAME_PIXELS
        && kernelWidth * groupChannels() >= LONG_LINE
        && spreadHeight == 1
        && spreadWidth == 1;
  }

  private static boolean worthCutting(
      long extent, long outExtent, long taps, long stride, long dilation, long pad) {
    long meeting = 0;
    for (long out = 0; out < outExtent; out++) {
      long place = out * stride - pad;
      meeting += endTap(place, extent, taps, dilation) - firstTap(place, taps, dilation);
    }
    return meeting <= WORTH_CUTTING * outExtent * taps;
  }

  /** The first tap along an axis that does not stand before the image; tap 0 is at a place. */
  static long firstTap(long place, long taps, long dilation) {
    return Math.clamp(Math.ceilDiv(-place, dilation), 0, taps);
  }

  /** The first tap from {@link #firstTap} on that stands behind the image. */
  static long endTap(long place, long extent, long taps, long dilation) {
    long first = firstTap(place, taps, dilation);
    return Math.clamp(Math.ceilDiv(extent - place, dilation), first, taps);
  }

  /** The pixels of the output: the rows of the product. */
  public long rows() {
    return batch * outHeight * outWidth;
  }

  /**
   * The convolution that takes the gradient of the output to the gradient of the image, with {@link
   * Filter#transposed}; equally, the transposed convolution that takes an image of this one's
   * output extents to its image extents. It has spread 1 only if this one has stride 1.
   */
  public ConvolutionShape transposed() {
    return new ConvolutionShape(
        batch,
        outHeight,
        outWidth,
        outChannels,
        height,
        width,
        channels,
        groups,
        kernelHeight,
        kernelWidth,
        spreadHeight,
        spreadWidth,
        dilationHeight,
        dilationWidth,
        strideHeight,
        strideWidth,
        (kernelHeight - 1) * dilationHeight - padTop,
        (kernelWidth - 1) * dilationWidth - padLeft);
  }
}
