package dev.lanewise.bench;

import com.sun.management.ThreadMXBean;
import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.models.zoo.DigitsNetwork;
import dev.lanewise.nn.Model;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import dev.lanewise.tensor.graph.CompiledModel;
import dev.lanewise.tensor.graph.Session;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Latency of one prediction of the digits network on one thread, by percentile. */
final class PredictComparison implements Runnable {
  private static final int RUNS = 50_000;
  private static final int ROUNDS = 5;

  @Override
  public void run() {
    Engine engine = Engine.of(CpuProfile.detected(), Workers.of(1));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    float[] pixels = new float[28 * 28];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 29 / 28f;
    }
    try (Model model = DigitsNetwork.layers().engine(engine).build();
        CompiledModel compiled = model.compiled(1);
        Session session = compiled.session()) {
      session.input(0).copyFrom(pixels);
      session.run();
      requireEqual(model, pixels, session.output(0));
      System.out.println("predict: warm-up " + session.warmUp());
      Histogram histogram = new Histogram(10_000_000_000L, 3);
      for (int round = 0; round < ROUNDS; round++) {
        histogram.reset();
        long allocated = threads.getTotalThreadAllocatedBytes();
        for (int i = 0; i < RUNS; i++) {
          long start = System.nanoTime();
          session.run();
          histogram.recordValue(System.nanoTime() - start);
        }
        allocated = threads.getTotalThreadAllocatedBytes() - allocated;
        System.out.printf(
            Locale.ROOT,
            "predict: p50 %.4f ms p99 %.4f ms p99.9 %.4f ms, %.2f bytes per prediction%n",
            histogram.getValueAtPercentile(50) / 1e6,
            histogram.getValueAtPercentile(99) / 1e6,
            histogram.getValueAtPercentile(99.9) / 1e6,
            (double) allocated / RUNS);
      }
    }
  }

  private static void requireEqual(Model model, float[] pixels, Tensor compiled) {
    float[] eager = model.predict(new float[][] {pixels})[0];
    if (!Arrays.equals(eager, compiled.toFloats())) {
      throw new IllegalStateException(
          "predict: " + Arrays.toString(eager) + " and " + compiled + " differ");
    }
  }
}
