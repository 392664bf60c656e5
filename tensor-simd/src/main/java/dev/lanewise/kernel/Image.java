package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A batch of images in native memory with adjacent channels ("channels last").
 *
 * <p>Channel {@code c} of pixel {@code (n, h, w)} lies at byte {@code at + n * batchStride + h *
 * heightStride + w * widthStride + c * element}. Strides are in bytes and otherwise arbitrary;
 * extents stand in the {@link ConvolutionShape}.
 */
public record Image(
    MemorySegment memory, long at, long batchStride, long heightStride, long widthStride) {}
