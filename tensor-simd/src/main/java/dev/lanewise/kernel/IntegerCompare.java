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
    for (long i = 0; i < count; i++) {
      long left = format.whole(x, xAt + i * xStride);
      long right = format.whole(y, yAt + i * yStride);
      out.set(BYTE, outAt + i * outStride, (byte) (holds(left, right) ? 1 : 0));
    }
  }

  private boolean holds(long left, long right) {
    return switch (comparison) {
      case LESS_THAN -> left < right;
      case LESS_OR_EQUAL -> left <= right;
      case GREATER -> left > right;
      case GREATER_OR_EQUAL -> left >= right;
      case EQUAL -> left == right;
      case NOT_EQUAL -> left != right;
    };
  }
}
