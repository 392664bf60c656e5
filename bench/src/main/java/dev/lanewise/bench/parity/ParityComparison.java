package dev.lanewise.bench.parity;

import dev.lanewise.bench.parity.Agreement.Bounds;
import dev.lanewise.bench.parity.Agreement.Trainee;
import dev.lanewise.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Trains networks, optimizers, losses and layers here and in the peers from the same weights on the
 * same batches, in F64 and in F32, and fails if one is further from the peer than its bound.
 *
 * <p>Rounding may decide a tie under a pool or the side of a rectifier, after which two runs in F32
 * part for good; a row that misses a bound shows how far the peer's own run in F32 is from its run
 * in F64. It has missed the bound nevertheless.
 */
public final class ParityComparison implements Runnable {
  private static final int STEPS = 50;

  @Override
  public void run() {
    for (Side peer : ServiceLoader.load(Side.class)) {
      new Report(peer).run();
    }
  }

  /** The comparison with one peer. */
  private static final class Report {
    private final Side ours = new Lanewise();
    private final Side peer;
    private final List<String> missed = new ArrayList<>();
    private int rows;

    Report(Side peer) {
      this.peer = peer;
    }

    void run() {
      Map<String, List<Case>> groups = new LinkedHashMap<>();
      groups.put("networks", NetworkCases.all());
      groups.put("optimizers", OptimizerCases.all());
      groups.put("losses", LossCases.all());
      groups.put("layers", LayerCases.all());
      System.out.printf(
          Locale.ROOT,
          "parity: with %s after %d steps, greatest distance of losses, weights, predictions%n",
          peer.name(),
          STEPS);
      groups.forEach(
          (group, cases) -> {
            System.out.printf(
                Locale.ROOT,
                "%n%-38s%8s %8s %8s   %8s %8s %8s%n",
                group,
                "F64 loss",
                "weight",
                "predict",
                "F32 loss",
                "weight",
                "predict");
            cases.forEach(this::compare);
          });
      if (!missed.isEmpty()) {
        throw new IllegalStateException(
            "parity: %d of %d rows are out of bounds: %s"
                .formatted(missed.size(), rows, String.join("; ", missed)));
      }
      System.out.printf(Locale.ROOT, "%nparity: %d rows, all within bounds%n", rows);
    }

    private void compare(Case row) {
      rows++;
      System.out.printf(Locale.ROOT, "%-38s", row.name());
      Agreement wide = compare(row, DType.F64);
      if (!wide.within(Bounds.of(DType.F64))) {
        missed.add(row.name() + " in F64: " + wide);
      }
      Agreement narrow = compare(row, DType.F32);
      if (!narrow.within(Bounds.of(DType.F32))) {
        Agreement own =
            Agreement.of(row, STEPS, new Trainee(peer, DType.F32), new Trainee(peer, DType.F64));
        print(own, DType.F32);
        missed.add(row.name() + " in F32: " + narrow + ", the peer's own rounding: " + own);
      }
      System.out.println();
    }

    private Agreement compare(Case row, DType dtype) {
      Agreement found =
          Agreement.of(row, STEPS, new Trainee(ours, dtype), new Trainee(peer, dtype));
      print(found, dtype);
      return found;
    }

    /** The distance of the worst parameter in F64, of all together in F32. */
    private static void print(Agreement found, DType dtype) {
      double shown = dtype.equals(DType.F64) ? found.weight() : found.together();
      System.out.printf(
          Locale.ROOT, "%8.1e %8.1e %8.1e   ", found.loss(), shown, found.prediction());
    }
  }
}
