package dev.lanewise.bench;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.kernel.Philox;
import dev.lanewise.models.zoo.DigitsNetwork;
import dev.lanewise.models.zoo.DrawnDigits;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.data.Batches;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import dev.lanewise.tensor.autograd.Gradients;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * One Adam step of the digits network on a batch of 32, forward and backward, here and in the
 * peers, in turn, on one thread and on two.
 */
final class TrainComparison implements Runnable {
  private static final int BATCH = 32;
  private static final int CHECKED_STEPS = 60;

  @Override
  public void run() {
    for (int threads = 1; threads <= 2; threads++) {
      compare(threads);
    }
  }

  private static void compare(int threads) {
    Engine engine = Engine.of(CpuProfile.detected(), Workers.of(threads));
    Rounds rounds = new Rounds();
    try (Ours ours = new Ours(engine)) {
      requireLearning("ours", ours::run);
      rounds.with("ours", ours::run);
      for (TrainPeer peer : ServiceLoader.load(TrainPeer.class)) {
        peer.threads(threads);
        TrainPeer.TrainStep step = peer.digits(BATCH, ours.pixels(), ours.labels());
        requireLearning(peer.name(), step::run);
        rounds.with(peer.name(), step::run);
      }
      Map<String, Double> nanos = rounds.medians();
      double mine = nanos.get("ours");
      System.out.printf(Locale.ROOT, "train: ours %.2f ms, %d thread(s)%n", mine / 1e6, threads);
      nanos.forEach(
          (name, time) -> {
            if (!name.equals("ours")) {
              System.out.printf(
                  Locale.ROOT,
                  "train: digits network, batch %d: ratio %.2f vs %s (%.2f ms), %d thread(s)%n",
                  BATCH,
                  time / mine,
                  name,
                  time / 1e6,
                  threads);
            }
          });
    }
  }

  /** One step; returns the loss before it. */
  private interface Step {
    float run();
  }

  private static void requireLearning(String name, Step step) {
    float first = step.run();
    float last = first;
    for (int i = 0; i < CHECKED_STEPS; i++) {
      last = step.run();
    }
    if (!(last < first / 4)) {
      throw new IllegalStateException(
          "train: " + name + " does not learn: loss " + first + " before, " + last + " after");
    }
  }

  /** Our network and a batch of drawn digits that stays the same. */
  private static final class Ours implements AutoCloseable {
    private final Model model;
    private final Descent descent;
    private final Scope data;
    private final Tensor features;
    private final Tensor labels;

    Ours(Engine engine) {
      model = DigitsNetwork.layers().engine(engine).build();
      descent = Adam.of(1e-3).on(model.parameters(), model.scope());
      data = model.scope().child("data");
      Batches batches = new Batches(DrawnDigits.of(BATCH, 1), BATCH, data);
      batches.read(0);
      features = batches.features(0, data);
      labels = batches.labels(0, data);
    }

    float[] pixels() {
      return features.toFloats();
    }

    int[] labels() {
      return labels.toInts();
    }

    float run() {
      try (Scope step = model.scope().child("step")) {
        Tensor prediction = model.call(features.in(step), Pass.training(new Philox(1, 0)));
        Tensor loss = SparseCategoricalCrossentropy.of().apply(labels.in(step), prediction);
        descent.step(Gradients.of(loss));
        return (float) loss.value();
      }
    }

    @Override
    public void close() {
      data.close();
      model.close();
    }
  }
}
