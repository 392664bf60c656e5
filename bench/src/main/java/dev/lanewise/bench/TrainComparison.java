package dev.lanewise.bench;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * One training step of each of the six networks on a batch of 32, forward, backward and update,
 * here and in the peers, in turn, on one thread and on two.
 */
final class TrainComparison implements Runnable {
  private static final int CHECKED_STEPS = 60;

  /** A loss may rise at first, where two networks learn against each other. */
  private static final int FIRST_STEPS = 10;

  @Override
  public void run() {
    List<TrainPeer> peers =
        ServiceLoader.load(TrainPeer.class).stream().map(ServiceLoader.Provider::get).toList();
    for (int threads = 1; threads <= 2; threads++) {
      Map<String, List<Double>> ratios = new LinkedHashMap<>();
      for (TrainTask task : TrainTask.values()) {
        compare(task, threads, peers, ratios);
      }
      for (Map.Entry<String, List<Double>> entry : ratios.entrySet()) {
        double product = entry.getValue().stream().reduce(1.0, (x, y) -> x * y);
        int count = entry.getValue().size();
        System.out.printf(
            Locale.ROOT,
            "train: geomean %.2f min %.2f over %d networks vs %s, %d thread%s%n",
            Math.pow(product, 1.0 / count),
            entry.getValue().stream().min(Double::compare).orElseThrow(),
            count,
            entry.getKey(),
            threads,
            threads == 1 ? "" : "s");
      }
    }
  }

  private static void compare(
      TrainTask task, int threads, List<TrainPeer> peers, Map<String, List<Double>> ratios) {
    Engine engine = Engine.of(CpuProfile.detected(), Workers.of(threads));
    Rounds rounds = new Rounds();
    List<TrainStep> steps = new ArrayList<>();
    try {
      steps.add(added(rounds, "ours", task, OurTraining.step(task, engine)));
      for (TrainPeer peer : peers) {
        peer.threads(threads);
        steps.add(added(rounds, peer.name(), task, peer.step(task)));
      }
      report(task, threads, rounds.medians(), ratios);
    } finally {
      steps.forEach(TrainStep::close);
    }
  }

  private static TrainStep added(Rounds rounds, String name, TrainTask task, TrainStep step) {
    requireLearning(name, task, step);
    rounds.with(name, step::run);
    return step;
  }

  private static void report(
      TrainTask task, int threads, Map<String, Double> nanos, Map<String, List<Double>> ratios) {
    double mine = nanos.get("ours");
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-12s %d thread%s  ours %8.2f ms",
                task.label(),
                threads,
                threads == 1 ? " " : "s",
                mine / 1e6));
    for (Map.Entry<String, Double> entry : nanos.entrySet()) {
      if (!entry.getKey().equals("ours")) {
        double ratio = entry.getValue() / mine;
        ratios.computeIfAbsent(entry.getKey(), name -> new ArrayList<>()).add(ratio);
        line.append(
            String.format(
                Locale.ROOT,
                "  %s %8.2f ms ratio %6.2f",
                entry.getKey(),
                entry.getValue() / 1e6,
                ratio));
      }
    }
    System.out.println(line);
  }

  private static void requireLearning(String name, TrainTask task, TrainStep step) {
    float first = 0;
    float last = 0;
    for (int i = 0; i < CHECKED_STEPS; i++) {
      last = step.run();
      first = i < FIRST_STEPS ? Math.max(first, last) : first;
    }
    if (!(last < first * task.learned())) {
      throw new IllegalStateException(
          "train: %s: %s does not learn: loss %s at first, %s after"
              .formatted(task.label(), name, first, last));
    }
  }
}
