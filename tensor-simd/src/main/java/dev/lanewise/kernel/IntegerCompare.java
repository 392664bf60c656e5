package dev.lanewise.kernel;

import static dev.lanewise.kernel.Format.BYTE;

import java.lang.foreign.MemorySegment;

/**
 * The loop of a comparison of integers or bools, one form for all providers.
 *
 * @param comparison what is asked
 * @param format of both operands, not a floating one
 */
public record IntegerCompare(Comparison comparison, Format format) implements ZipKernel {
  @Override
  public void run(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment y,
      long yAt,
      long yStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count,
      double p,
      double q) {
    switch (comparison) {
      case LESS_THAN -> less(x, xAt, xStride, y, yAt, yStride, out, outAt, outStride, count, 0);
      case GREATER -> less(y, yAt, yStride, x, xAt, xStride, out, outAt, outStride, count, 0);
      case LESS_OR_EQUAL -> less(y, yAt, yStride, x, xAt, xStride, out, outAt, outStride, count, 1);
      case GREATER_OR_EQUAL ->
          less(x, xAt, xStride, y, yAt, yStride, out, outAt, outStride, count, 1);
      case EQUAL -> equal(x, xAt, xStride, y, yAt, yStride, out, outAt, outStride, count, 0);
      case NOT_EQUAL -> equal(x, xAt, xStride, y, yAt, yStride, out, outAt, outStride, count, 1);
    }
  }

  /** Whether {@code x < y}; the opposite if {@code flip} is 1. */
  private void less(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment y,
      long yAt,
      long yStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count,
      int flip) {
    for (long i = 0; i < count; i++) {
      boolean less = format.whole(x, xAt + i * xStride) < format.whole(y, yAt + i * yStride);
      out.set(BYTE, outAt + i * outStride, (byte) ((less ? 1 : 0) ^ flip));
    }
  }

  /** Whether {@code x == y}; the opposite if {@code flip} is 1. */
  private void equal(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment y,
      long yAt,
      long yStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count,
      int flip) {
    for (long i = 0; i < count; i++) {
      boolean equal = format.whole(x, xAt + i * xStride) == format.whole(y, yAt + i * yStride);
      out.set(BYTE, outAt + i * outStride, (byte) ((equal ? 1 : 0) ^ flip));
    }
  }
}
