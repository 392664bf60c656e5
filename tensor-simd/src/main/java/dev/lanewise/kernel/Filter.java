package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The weights of a convolution in native memory, with any strides (in bytes).
 *
 * <p>The weight from channel {@code c} of group {@code g} to that group's output channel {@code o}
 * at tap {@code (kh, kw)} lies at byte {@code at + g * groupStride + o * outStride + c *
 * channelStride + kh * heightStride + kw * widthStride} of {@code memory}. For weights {@code [OC,
 * C/g, KH, KW]} the group stride is {@code OC/g} times the out stride.
 */
public record Filter(
    MemorySegment memory,
    long at,
    long groupStride,
    long outStride,
    long channelStride,
    long heightStride,
    long widthStride) {

  /**
   * The same weights as the filter of {@link ConvolutionShape#transposed}: taps in reverse, inputs
   * and outputs of each group exchanged.
   */
  public Filter transposed(ConvolutionShape shape) {
    return new Filter(
        memory,
        at + (shape.kernelHeight() - 1) * heightStride + (shape.kernelWidth() - 1) * widthStride,
        groupStride,
        channelStride,
        outStride,
        -heightStride,
        -widthStride);
  }
}
