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
