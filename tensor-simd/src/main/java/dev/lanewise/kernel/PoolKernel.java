package dev.lanewise.kernel;

/**
 * Pooling over the windows of images with adjacent channels, and its gradients.
 *
 * <p>The {@link ConvolutionShape} is that of a depthwise convolution: as many output channels and
 * groups as channels, spread 1. Only the places of a window that lie inside the image take part,
 * and every window has at least one. A <i>position</i> is the number {@code h * width + w} of a
 * pixel within its image, an integer of four bytes.
 *
 * <p>Windows are visited by {@code (kh, kw)} and, seen from a pixel, by {@code (oh, ow)}; sums
 * start from zero and add in this order, so every provider gives the same bits. A kernel starts no
 * thread: {@code lineFrom} to {@code lineTo} are lines of the image that is written, counted over
 * {@code (n, h)}, and disjoint ranges may run at the same time. What is written overlaps no
 * operand.
 */
public interface PoolKernel {
  /**
   * The greatest element of every window and its position; of equals the first, and a NaN, the
   * first one, is greater than all.
   *
   * @param positions where the positions go, or null if nobody asks for them
   */
  void max(ConvolutionShape shape, Image x, Image out, Image positions, long lineFrom, long lineTo);

  /** {@code grad[p] = sum of outGradient over the windows whose position is p}. */
  void maxGradient(
      ConvolutionShape shape,
      Image positions,
      Image outGradient,
      Image grad,
      long lineFrom,
      long lineTo);

  /** {@code out[window] = x[position of the window]}. */
  void pick(
      ConvolutionShape shape, Image x, Image positions, Image out, long lineFrom, long lineTo);

  /**
   * The sum of every window, divided by the number of its places.
   *
   * @param countPads whether places outside of the image count
   */
  void average(
      ConvolutionShape shape, boolean countPads, Image x, Image out, long lineFrom, long lineTo);

  /** {@code grad[p] = sum of outGradient / places, over the windows that p takes part in}. */
  void averageGradient(
      ConvolutionShape shape,
      boolean countPads,
      Image outGradient,
      Image grad,
      long lineFrom,
      long lineTo);

  /** The first tap, along one axis, of a window from {@code start} that lies inside the image. */
  static long firstTap(long start, long dilation) {
    return start >= 0 ? 0 : Math.ceilDiv(-start, dilation);
  }

  /** The number of taps, along one axis, of a window from {@code start} inside the image. */
  static long taps(long start, long kernel, long dilation, long extent) {
    long end = Math.min(kernel, Math.ceilDiv(extent - start, dilation));
    return Math.max(0, end - firstTap(start, dilation));
  }

  /** The first output, along one axis, whose window reaches as far as place {@code at}. */
  static long firstWindow(long at, long pad, long kernel, long stride, long dilation) {
    return Math.max(0, Math.ceilDiv(at + pad - (kernel - 1) * dilation, stride));
  }

  /** The first output, along one axis, whose window starts after place {@code at}. */
  static long endWindow(long at, long pad, long stride, long outputs) {
    return Math.min(outputs, Math.floorDiv(at + pad, stride) + 1);
  }
}
