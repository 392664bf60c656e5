package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * One loop over one operand: {@code out[i] = f(x[i]; p, q)}.
 *
 * <p>All offsets and strides are in bytes, {@code count} is in elements. A stride may be zero (a
 * repeated operand) or negative. {@code out} may be the same memory as {@code x} element for
 * element, and overlaps it in no other way. Both segments are native.
 */
public interface MapKernel {
  /** Runs the loop; {@code p} and {@code q} are the function's attributes, zero where unused. */
  void run(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count,
      double p,
      double q);
}
