package dev.lanewise.bench.parity;

import java.util.SplittableRandom;

/**
 * One row of the comparison.
 *
 * @param name in the table
 * @param task what is trained
 * @param batches draws the batch of each step
 */
record Case(String name, Task task, Source batches) {
  /** Draws batches. */
  @FunctionalInterface
  interface Source {
    /** The next one. */
    Batch next(SplittableRandom random);
  }
}
