package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * One loop over two operands: {@code out[i] = f(x[i], y[i]; p, q)}.
 *
 * <p>The rules of {@link MapKernel} hold for each operand.
 */
public interface ZipKernel {
  /** Runs the loop; {@code p} and {@code q} are the function's attributes, zero where unused. */
  void run(
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
      double q);
}
