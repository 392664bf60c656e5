package dev.lanewise.bench;

import dev.lanewise.bench.parity.ParityComparison;
import java.util.Map;
import java.util.TreeMap;

/** Runs one comparison by name: {@code mvn -q -Pbench -Dcompare=gemm}. */
public final class Compare {
  private static final Map<String, Runnable> COMPARISONS =
      new TreeMap<>(
          Map.of(
              "gemm", new GemmComparison(),
              "train", new TrainComparison(),
              "dispatch", new Benchmarks("dispatch", DispatchBenchmark.class),
              "parity", new ParityComparison(),
              "predict", new PredictComparison()));

  private Compare() {}

  /** The first argument names the comparison. */
  public static void main(String[] arguments) {
    String asked = arguments.length == 0 ? "" : arguments[0];
    Runnable comparison = COMPARISONS.get(asked);
    if (comparison == null) {
      System.err.println(
          "compare: no comparison '"
              + asked
              + "': use -Dcompare= with one of "
              + String.join(", ", COMPARISONS.keySet()));
      System.exit(2);
    }
    Machine.print();
    comparison.run();
  }
}
