package dev.lanewise;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Objects;

/**
 * Counts the heap bytes that the caller and the engines' own threads allocate, and nobody else's: a
 * long piece of work always finds a thread of the JVM's or of the test runner's allocating beside
 * it.
 */
public final class HeapMeter {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final String HELPER = "lanewise-";

  private HeapMeter() {}

  /** The heap bytes that a piece of work allocates. */
  public static long allocated(Runnable work) {
    long[] helpers = helpers();
    long before = sum(helpers);
    work.run();
    return sum(helpers) - before;
  }

  private static long[] helpers() {
    return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
        .filter(Objects::nonNull)
        .filter(thread -> thread.getThreadName().startsWith(HELPER))
        .mapToLong(ThreadInfo::getThreadId)
        .toArray();
  }

  private static long sum(long[] helpers) {
    long sum = THREADS.getCurrentThreadAllocatedBytes();
    for (long helper : helpers) {
      sum += THREADS.getThreadAllocatedBytes(helper);
    }
    return sum;
  }
}
