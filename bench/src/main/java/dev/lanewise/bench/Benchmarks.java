package dev.lanewise.bench;

import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs a JMH benchmark class and prints a line per method. */
record Benchmarks(String name, Class<?> benchmark) implements Runnable {
  @Override
  public void run() {
    try {
      for (RunResult result :
          new Runner(
                  new OptionsBuilder()
                      .include(benchmark.getName())
                      .verbosity(VerboseMode.SILENT)
                      .build())
              .run()) {
        System.out.printf(
            Locale.ROOT,
            "%s: %-14s %8.1f %s (median of %d rounds, error %.1f)%n",
            name,
            result.getPrimaryResult().getLabel(),
            result.getPrimaryResult().getStatistics().getPercentile(50),
            result.getPrimaryResult().getScoreUnit(),
            result.getPrimaryResult().getStatistics().getN(),
            result.getPrimaryResult().getScoreError());
      }
    } catch (RunnerException e) {
      throw new IllegalStateException(name + ": the benchmark did not run", e);
    }
  }
}
