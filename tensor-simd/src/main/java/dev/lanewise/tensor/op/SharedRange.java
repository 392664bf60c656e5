package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Workers;

/**
 * Independent items, numbered from zero, that the workers share in consecutive parts of one size.
 *
 * <p>The number of parts is the caller's, who knows what an item costs; it must not depend on the
 * number of threads.
 */
final class SharedRange implements Step, Workers.Parts {
  /** Parts beyond which smaller ones balance the load no better. */
  private static final long MOST_PARTS = 256;

  private final Workers workers;
  private final Items items;
  private final long count;
  private final long size;
  private final int parts;

  /** Some of the items. */
  @FunctionalInterface
  interface Items {
    /**
     * Computes the items from {@code from} to {@code to}, exclusive.
     *
     * @param slot as in {@link Workers.Parts}
     */
    void run(long from, long to, int slot);
  }

  /**
   * A range of {@code count} items in about {@code parts} parts, each but the last of a multiple of
   * {@code multiple} items.
   */
  SharedRange(Workers workers, long count, long multiple, long parts, Items items) {
    this.workers = workers;
    this.items = items;
    this.count = count;
    long wanted = Math.clamp(parts, 1, MOST_PARTS);
    this.size = Math.max(1, Math.ceilDiv(Math.ceilDiv(count, wanted), multiple)) * multiple;
    this.parts = Math.toIntExact(Math.ceilDiv(count, size));
  }

  /** How many parts there are. */
  int parts() {
    return parts;
  }

  @Override
  public void run() {
    workers.run(this, parts);
  }

  @Override
  public void run(int part, int slot) {
    items.run(part * size, Math.min(count, (part + 1) * size), slot);
  }
}
