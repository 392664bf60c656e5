package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A counter-based stream of random numbers: element {@code i} of a stream is a pure function of
 * seed, stream and {@code i}, so any thread may draw any part of it.
 *
 * <p>Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
 * (SC 2011). The 128-bit counter holds the block number and the stream, the 64-bit key the seed.
 *
 * @param seed the key
 * @param stream which of the key's 2^64 independent streams
 */
public record Philox(long seed, long stream) {
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

  /** The stream of the same seed for one more level of structure, such as a step or a layer. */
  public Philox substream(long index) {
    return new Philox(seed, mix(stream, index));
  }

  private static long mix(long stream, long index) {
    long z = stream * 0x9E3779B97F4A7C15L + index + 1;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** 64 random bits: half {@code half} (0 or 1) of block {@code block}. */
  public long bits(long block, int half) {
    int c0 = (int) block;
    int c1 = (int) (block >>> 32);
    int c2 = (int) stream;
    int c3 = (int) (stream >>> 32);
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long product1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    return half == 0
        ? (c0 & 0xFFFFFFFFL) | ((long) c1 << 32)
        : (c2 & 0xFFFFFFFFL) | ((long) c3 << 32);
  }

  /** Element {@code index} of the stream's 64-bit words. */
  public long word(long index) {
    return bits(index >>> 1, (int) index & 1);
  }

  /** Element {@code index} as a double uniform in [0, 1): the word's upper 53 bits. */
  public double uniform(long index) {
    return (word(index) >>> 11) * 0x1p-53;
  }

  /** Element {@code index} as a standard normal double, by Box and Muller's cosine branch. */
  public double normal(long index) {
    long block = index;
    double u = ((bits(block, 0) >>> 11) + 1) * 0x1p-53;
    double v = (bits(block, 1) >>> 11) * 0x1p-53;
    return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * v);
  }

  /**
   * Writes elements {@code from} to {@code from + count} of {@link #uniform(long)}, rounded down.
   */
  public void uniform(Element element, MemorySegment out, long outAt, long from, long count) {
    for (long i = 0; i < count; i++) {
      if (element == Element.F32) {
        out.set(FLOAT, outAt + 4 * i, (word(from + i) >>> 40) * 0x1p-24f);
      } else {
        out.set(DOUBLE, outAt + 8 * i, uniform(from + i));
      }
    }
  }

  /** Writes elements {@code from} to {@code from + count} of {@link #normal(long)}, rounded. */
  public void normal(Element element, MemorySegment out, long outAt, long from, long count) {
    for (long i = 0; i < count; i++) {
      double value = normal(from + i);
      if (element == Element.F32) {
        out.set(FLOAT, outAt + 4 * i, (float) value);
      } else {
        out.set(DOUBLE, outAt + 8 * i, value);
      }
    }
  }
}
