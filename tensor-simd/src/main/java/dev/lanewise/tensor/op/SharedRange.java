package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Workers;

/**
 * Independent items, numbered from zero, that the workers share in consecutive parts of one size.
 *
 * <p>The caller, who knows what an item costs, says into how many parts they may be cut at most.
 * What an item computes must not depend on the part it is in, so that fewer threads may get larger
 * parts: a part loads or packs once what its items have in common.
 */
final class SharedRange implements Step, Workers.Parts {
  /** Parts for each of several threads: more would balance the load no better. */
  private static final long THREAD_PARTS = 4;

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
   * A range of {@code count} items in about {@code most} parts or fewer, each but the last of a
   * multiple of {@code multiple} items.
   */
  SharedRange(Workers workers, long count, long multiple, long most, Items items) {
    this.workers = workers;
    this.items = items;
    this.count = count;
    long wanted = useful(workers, most);
    this.size = Math.max(1, Math.ceilDiv(Math.ceilDiv(count, wanted), multiple)) * multiple;
    this.parts = Math.toIntExact(Math.ceilDiv(count, size));
  }

  /** How many parts are wanted where {@code most} are worth their while: one for one thread. */
  static long useful(Workers workers, long most) {
    return Math.clamp(most, 1, workers.threads() == 1 ? 1 : THREAD_PARTS * workers.threads());
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
