package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;

/**
 * The order in which an epoch visits the samples of a set.
 *
 * <p>A shuffle is a function of the stream alone, not of the shuffles before it, so a run that is
 * resumed meets the same order.
 */
public final class Order {
  private final int[] samples;
  private long changes;

  private Order(int[] samples) {
    this.samples = samples;
  }

  /**
   * The samples as they stand.
   *
   * @throws IllegalArgumentException if there are more than 2^31 - 9
   */
  public static Order of(long size) {
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("order: too many samples: " + size);
    }
    Order order = new Order(new int[(int) size]);
    order.reset();
    return order;
  }

  /** The number of samples. */
  public int size() {
    return samples.length;
  }

  /** The sample in this place. */
  public int at(long place) {
    return samples[(int) place];
  }

  /** A number that grows whenever the order changes. */
  long changes() {
    return changes;
  }

  /** Puts the samples back as they stand. */
  public void reset() {
    changes++;
    for (int i = 0; i < samples.length; i++) {
      samples[i] = i;
    }
  }

  /**
   * Puts the samples into an order drawn from the stream (Fisher and Yates), each equally likely.
   */
  public void shuffle(Philox stream) {
    reset();
    for (int last = samples.length - 1; last > 0; last--) {
      int other = (int) Math.unsignedMultiplyHigh(stream.word(last), last + 1L);
      int sample = samples[last];
      samples[last] = samples[other];
      samples[other] = sample;
    }
  }
}
