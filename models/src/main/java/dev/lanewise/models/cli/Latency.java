package dev.lanewise.models.cli;

import com.sun.management.ThreadMXBean;
import dev.lanewise.tensor.graph.CompiledModel;
import dev.lanewise.tensor.graph.Session;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What one prediction of one sample costs after warm-up.
 *
 * @param p50 median nanoseconds
 * @param p99 ninety-ninth percentile
 * @param p999 99.9th percentile
 * @param bytes allocated per prediction on the heap, over all threads
 * @param warmUpRuns runs until times were steady
 */
record Latency(long p50, long p99, long p999, double bytes, long warmUpRuns) {
  private static final int RUNS = 20_000;

  /** Measures on the calling thread. */
  static Latency of(CompiledModel compiled, float[] sample, float[] prediction) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Histogram histogram = new Histogram(10_000_000_000L, 3);
    try (Session session = compiled.session()) {
      session.input(0).copyFrom(sample);
      Session.WarmUp warmUp = session.warmUp();
      // Two rounds of the same code: the first warms what measures, the second counts.
      long allocated = 0;
      for (int round = 0; round < 2; round++) {
        histogram.reset();
        allocated = threads.getTotalThreadAllocatedBytes();
        for (int i = 0; i < RUNS; i++) {
          long start = System.nanoTime();
          session.run();
          histogram.recordValue(System.nanoTime() - start);
        }
        allocated = threads.getTotalThreadAllocatedBytes() - allocated;
      }
      session.output(0).copyTo(prediction);
      return new Latency(
          histogram.getValueAtPercentile(50),
          histogram.getValueAtPercentile(99),
          histogram.getValueAtPercentile(99.9),
          (double) allocated / RUNS,
          warmUp.runs());
    }
  }

  /** One line: {@code p50 0.081 ms, p99 ...}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %.3f ms, p99 %.3f ms, p99.9 %.3f ms, %.1f bytes allocated per prediction"
            + " (%d predictions after %d of warm-up)",
        p50 / 1e6,
        p99 / 1e6,
        p999 / 1e6,
        bytes,
        RUNS,
        warmUpRuns);
  }
}
