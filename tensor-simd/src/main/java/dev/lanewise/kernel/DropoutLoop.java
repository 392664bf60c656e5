package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Fills a dropout mask with a {@link Philox} stream. Used by one thread at a time.
 *
 * <p>The numbers are integers and every provider needs the same ones, so there is one form. It
 * draws many blocks of the stream side by side, one round at a time, in loops so plain that C2
 * makes vector loops of them.
 */
public final class DropoutLoop {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final long LOW = 0xFFFFFFFFL;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final int WORDS = 4;
  private static final int BLOCKS = 64;

  private final Philox stream;
  private final long threshold;
  private final double kept;

  /** The words of {@link #BLOCKS} blocks, of 32 bits each. */
  private final long[] first = new long[BLOCKS];

  private final long[] second = new long[BLOCKS];
  private final long[] third = new long[BLOCKS];
  private final long[] fourth = new long[BLOCKS];

  /** A loop whose elements are zero with probability {@code rate}, else {@code 1 / (1 - rate)}. */
  public DropoutLoop(Philox stream, double rate) {
    this.stream = stream;
    this.threshold = Math.round(rate * 0x1p32);
    this.kept = 1 / (1 - rate);
  }

  /**
   * Writes elements {@code from} to {@code from + count} of the mask, {@code stride} bytes apart.
   *
   * <p>Element {@code i} is dropped where 32-bit word {@code i % 4} of the stream's block {@code i
   * / 4} is less than {@code rate} of all words.
   */
  public void run(
      Element element, MemorySegment out, long outAt, long stride, long from, long count) {
    // Tells C2 the class of the segment, so that no check of it stays in the loops.
    if (!out.isNative()) {
      throw new IllegalArgumentException("kernel: a segment is not native");
    }
    long end = from + count;
    for (long block = from / WORDS; block * WORDS < end; block += BLOCKS) {
      draw(block, (int) Math.min(BLOCKS, (end - block * WORDS + WORDS - 1) / WORDS));
      long start = block * WORDS;
      int begin = (int) Math.max(0, from - start);
      int stop = (int) Math.min(BLOCKS * WORDS, end - start);
      long at = outAt + (start - from) * stride;
      int whole = Math.min((begin + WORDS - 1) / WORDS * WORDS, stop);
      int rest = Math.max(whole, stop / WORDS * WORDS);
      singly(element, out, at, stride, begin, whole);
      if (element == Element.F32) {
        floats(out, at, stride, whole / WORDS, rest / WORDS);
      } else {
        doubles(out, at, stride, whole / WORDS, rest / WORDS);
      }
      singly(element, out, at, stride, rest, stop);
    }
  }

  /** Philox4x32-10 of some blocks, at most {@link #BLOCKS}, from one on. */
  private void draw(long block, int count) {
    long low = stream.stream() & LOW;
    long high = stream.stream() >>> 32;
    for (int i = 0; i < count; i++) {
      first[i] = (block + i) & LOW;
      second[i] = (block + i) >>> 32;
      third[i] = low;
      fourth[i] = high;
    }
    int key0 = (int) stream.seed();
    int key1 = (int) (stream.seed() >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      mix(count, first, second, third, fourth, key0 & LOW, key1 & LOW);
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
  }

  private static void mix(
      int count, long[] first, long[] second, long[] third, long[] fourth, long key0, long key1) {
    for (int i = 0; i < count; i++) {
      long product0 = MULTIPLIER_0 * first[i];
      long product1 = MULTIPLIER_1 * third[i];
      first[i] = (product1 >>> 32) ^ second[i] ^ key0;
      second[i] = product1 & LOW;
      third[i] = (product0 >>> 32) ^ fourth[i] ^ key1;
      fourth[i] = product0 & LOW;
    }
  }

  private void floats(MemorySegment out, long outAt, long stride, int from, int to) {
    int bits = Float.floatToRawIntBits((float) kept);
    for (int i = from; i < to; i++) {
      long at = outAt + (long) i * WORDS * stride;
      out.set(INT, at, bits & (int) staying(first[i]));
      out.set(INT, at + stride, bits & (int) staying(second[i]));
      out.set(INT, at + 2 * stride, bits & (int) staying(third[i]));
      out.set(INT, at + 3 * stride, bits & (int) staying(fourth[i]));
    }
  }

  private void doubles(MemorySegment out, long outAt, long stride, int from, int to) {
    long bits = Double.doubleToRawLongBits(kept);
    for (int i = from; i < to; i++) {
      long at = outAt + (long) i * WORDS * stride;
      out.set(LONG, at, bits & staying(first[i]));
      out.set(LONG, at + stride, bits & staying(second[i]));
      out.set(LONG, at + 2 * stride, bits & staying(third[i]));
      out.set(LONG, at + 3 * stride, bits & staying(fourth[i]));
    }
  }

  /** All ones for an element that stays, else zero; a branch would be mispredicted all the time. */
  private long staying(long word) {
    return ~((word - threshold) >> 63);
  }

  /** The elements of a block that is cut. */
  private void singly(
      Element element, MemorySegment out, long outAt, long stride, int from, int to) {
    for (int i = from; i < to; i++) {
      int block = i / WORDS;
      long word =
          switch (i % WORDS) {
            case 0 -> first[block];
            case 1 -> second[block];
            case 2 -> third[block];
            default -> fourth[block];
          };
      if (element == Element.F32) {
        out.set(
            INT, outAt + i * stride, Float.floatToRawIntBits((float) kept) & (int) staying(word));
      } else {
        out.set(LONG, outAt + i * stride, Double.doubleToRawLongBits(kept) & staying(word));
      }
    }
  }
}
