package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The weights of a convolution after {@link ConvolutionKernel#pack}, in {@link
 * ConvolutionKernel#packedBytes} bytes from {@code at}, a multiple of 64 bytes in memory. Constant
 * once packed, so threads may share it.
 */
public final class PackedFilter {
  private final ConvolutionShape shape;
  private final MemorySegment memory;
  private final long at;
  private final List<ConvolutionPhase> phases;

  /** A place for the packed filter of a convolution. */
  public PackedFilter(ConvolutionShape shape, MemorySegment memory, long at) {
    this.shape = shape;
    this.memory = memory;
    this.at = at;
    this.phases = ConvolutionPhase.of(shape);
  }

  /** The convolution it is packed for. */
  public ConvolutionShape shape() {
    return shape;
  }

  /** Where it stands. */
  public MemorySegment memory() {
    return memory;
  }

  /** The byte that it starts at. */
  public long at() {
    return at;
  }

  /** The phases of the convolution, each packed by itself, in this order. */
  public List<ConvolutionPhase> phases() {
    return phases;
  }
}
