package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Fills a dropout mask. The numbers are integers and every provider needs the same ones, so there is
 * one form.
 */
public final class DropoutLoop {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  private static final int WORDS = 4;

  private DropoutLoop() {}

  /**
   * Writes elements {@code from} to {@code from + count} of a mask, {@code stride} bytes apart: zero
   * with probability {@code rate}, else {@code 1 / (1 - rate)}.
   *
   * <p>Element {@code i} is dropped where 32-bit word {@code i % 4} of the stream's block {@code i /
   * 4} is less than {@code rate} of all words.
   */
  public static void run(
      Philox stream,
      double rate,
      Element element,
      MemorySegment out,
      long outAt,
      long stride,
      long from,
      long count) {
    // Tells C2 the class of the segment, so that no check of it stays in the loops.
    if (!out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    long threshold = Math.round(rate * 0x1p32);
    double kept = 1 / (1 - rate);
    long end = from + count;
    long at = outAt;
    for (long block = from / WORDS; block * WORDS < end; block++) {
      long low = stream.bits(block, 0);
      long high = stream.bits(block, 1);
      long first = block * WORDS;
      if (first >= from && first + WORDS <= end) {
        set(element, out, at, drawn(low, threshold, kept));
        set(element, out, at + stride, drawn(low >>> 32, threshold, kept));
        set(element, out, at + 2 * stride, drawn(high, threshold, kept));
        set(element, out, at + 3 * stride, drawn(high >>> 32, threshold, kept));
        at += WORDS * stride;
      } else {
        for (long i = Math.max(first, from); i < Math.min(first + WORDS, end); i++) {
          long half = i - first < 2 ? low : high;
          set(element, out, at, drawn((i & 1) == 0 ? half : half >>> 32, threshold, kept));
          at += stride;
        }
      }
    }
  }

  private static double drawn(long word, long threshold, double kept) {
    return (word & 0xFFFFFFFFL) < threshold ? 0 : kept;
  }

  private static void set(Element element, MemorySegment out, long at, double value) {
    if (element == Element.F32) {
      out.set(FLOAT, at, (float) value);
    } else {
      out.set(DOUBLE, at, value);
    }
  }
}
