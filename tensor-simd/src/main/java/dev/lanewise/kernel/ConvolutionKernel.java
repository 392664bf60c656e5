package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Two-dimensional convolution (cross-correlation, as networks have it) with groups, strides,
 * dilation and pads, over images with adjacent channels, and its gradients.
 *
 * <p>Seen as a product: rows are the output pixels {@code (n, oh, ow)}, columns the output channels
 * of a group, and the inner extent is the patch {@code (kh, kw, c)}. <b>The order of the sum is
 * part of the contract</b>, as in {@link GemmKernel}: slabs in that order, {@link
 * ConvolutionShape#slabbed}, each a chain of fused multiply-adds. A place outside the image takes
 * part as zero, or not at all where {@link ConvolutionShape#skipsLines} or {@code skipsColumns}
 * says so, which shows in weights only that are not finite; a gap between spread pixels takes no
 * part.
 *
 * <ul>
 *   <li>Forward: {@link #pack} the filter, then {@link #convolve}.
 *   <li>Gradient of the image, and transposed convolution: the same with {@link
 *       ConvolutionShape#transposed} and {@link Filter#transposed}.
 *   <li>Gradient of the filter: {@link #filterGradient} for every chunk of pixels, then {@link
 *       #sumChunks}.
 * </ul>
 *
 * <p>A kernel starts no thread; rows, panels and chunks may be shared among threads, each with a
 * {@link Workspace} of its own.
 */
public interface ConvolutionKernel {
  /** The number of panels of a packed filter, over all groups. */
  long panels(ConvolutionShape shape);

  /** The bytes that a packed filter takes, a multiple of 64. */
  long packedBytes(ConvolutionShape shape);

  /** Packs the panels from {@code panelFrom} to {@code panelTo} of {@code filter}. */
  void pack(Filter filter, long panelFrom, long panelTo, PackedFilter packed);

  /** Packs all of {@code filter} to byte {@code at} of {@code memory}. */
  default PackedFilter pack(ConvolutionShape shape, Filter filter, MemorySegment memory, long at) {
    PackedFilter packed = new PackedFilter(shape, memory, at);
    pack(filter, 0, panels(shape), packed);
    return packed;
  }

  /**
   * Computes the output pixels from {@code rowFrom} to {@code rowTo} of {@link
   * ConvolutionShape#rows}. A bias has one element per output channel. The pixels are counted over
   * {@code (n, oh, ow)} or in an order of the kernel's own, so that all rows must have been
   * computed before any is read.
   */
  void convolve(
      Image image,
      PackedFilter filter,
      Image out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo,
      Workspace workspace);

  /**
   * The number of chunks that the output pixels are cut into for {@link #filterGradient}: a
   * function of the shape alone. The chunks are {@link #chunkRows} pixels each, the last one maybe
   * fewer.
   */
  default long chunks(ConvolutionShape shape) {
    return Math.max(1, Math.ceilDiv(shape.rows(), chunkRows(shape)));
  }

  /**
   * The pixels of one chunk: all of them where the filter is large, since its rows can then be
   * shared among threads instead; at least 1,024 otherwise.
   */
  default long chunkRows(ConvolutionShape shape) {
    long weights = Math.max(1, shape.groups() * shape.patch() * shape.groupOutChannels());
    long mostChunks = Math.max(1, Math.min(64, (1L << 20) / weights));
    long rows = Math.max(1024, Math.ceilDiv(shape.rows(), mostChunks));
    return Math.ceilDiv(rows, 256) * 256;
  }

  /** The bytes that the chunks' partial sums take. */
  long chunkBytes(ConvolutionShape shape);

  /**
   * Computes one chunk's share of the gradient of the filter into {@code partial}, for the weights
   * from {@code weightFrom} to {@code weightTo}, counted over {@code (g, kh, kw, c)}; of those
   * there are {@code groups * patch}. Every element is a sum over the chunk's pixels in order, in
   * slabs as in {@link GemmKernel}. The shape has spread 1.
   *
   * @param partial the memory of all chunks, {@link #chunkBytes} from byte {@code partialAt}
   */
  void filterGradient(
      ConvolutionShape shape,
      Image image,
      Image outGradient,
      long chunk,
      long weightFrom,
      long weightTo,
      MemorySegment partial,
      long partialAt,
      Workspace workspace);

  /**
   * Adds the chunks' partial sums in order and writes the gradient of the filter, for the weights
   * from {@code weightFrom} to {@code weightTo} as counted by {@link #filterGradient}; if {@code
   * accumulate}, adds the sum to what {@code gradient} holds.
   */
  void sumChunks(
      ConvolutionShape shape,
      MemorySegment partial,
      long partialAt,
      long weightFrom,
      long weightTo,
      Filter gradient,
      boolean accumulate);
}
