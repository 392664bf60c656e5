package dev.lanewise.bench;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import dev.lanewise.tensor.graph.CompiledModel;
import dev.lanewise.tensor.graph.Session;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;

/**
 * Products of row-major F32 matrices on one thread, ours and the peers' in turn, against the limit
 * of the core that is measured in the same turns.
 */
final class GemmComparison implements Runnable {
  private static final int[][] SHAPES = {
    {16, 16, 16},
    {32, 32, 32},
    {48, 48, 48},
    {64, 64, 64},
    {96, 96, 96},
    {128, 128, 128},
    {256, 256, 256},
    {384, 384, 384},
    {512, 512, 512},
    {768, 768, 768},
    {1024, 1024, 1024},
    {2048, 2048, 2048},
    {1, 1024, 1024},
    {10, 32, 128},
    {32, 10, 64},
    {32, 128, 784},
    {128, 3136, 1152},
  };

  @Override
  public void run() {
    List<GemmPeer> peers =
        ServiceLoader.load(GemmPeer.class).stream().map(ServiceLoader.Provider::get).toList();
    Engine engine = Engine.of(CpuProfile.detected(), Workers.of(1));
    System.out.printf("%-18s %12s %12s %8s", "m x n x k", "ours us", "ours GF/s", "of peak");
    for (GemmPeer peer : peers) {
      System.out.printf(" %14s us %8s", peer.name(), "ratio");
    }
    System.out.println();
    double[] logs = new double[peers.size()];
    double[] least = new double[peers.size()];
    java.util.Arrays.fill(least, Double.POSITIVE_INFINITY);
    for (int[] shape : SHAPES) {
      compare(engine, peers, shape[0], shape[1], shape[2], logs, least);
    }
    for (int i = 0; i < logs.length; i++) {
      System.out.printf(
          "gemm: geomean %.2f min %.2f over %d shapes vs %s, 1 thread%n",
          Math.exp(logs[i] / SHAPES.length), least[i], SHAPES.length, peers.get(i).name());
    }
  }

  private static void compare(
      Engine engine, List<GemmPeer> peers, int m, int n, int k, double[] logs, double[] least) {
    float[] a = random(m * k);
    float[] b = random(k * n);
    List<Spec> inputs =
        List.of(Spec.of(DType.F32, Shape.of(m, k)), Spec.of(DType.F32, Shape.of(k, n)));
    try (CompiledModel model =
            CompiledModel.record(engine, inputs, x -> new Tensor[] {x[0].matmul(x[1])});
        Session session = model.session()) {
      session.input(0).copyFrom(a);
      session.input(1).copyFrom(b);
      session.run();
      float[] ours = session.output(0).toFloats();
      requireEqual(m, n, k, a, b, ours);
      FmaPeak peak = new FmaPeak();
      Rounds rounds = new Rounds().with("peak", peak).with("ours", session::run);
      for (GemmPeer peer : peers) {
        float[] c = new float[m * n];
        peer.multiply(m, n, k, a, b, c);
        requireEqual(m, n, k, a, b, c);
        rounds.with(peer.name(), () -> peer.multiply(m, n, k, a, b, c));
      }
      Map<String, Double> nanos = rounds.medians();
      double operations = 2.0 * m * n * k;
      double mine = nanos.get("ours");
      double limit = FmaPeak.operations() / nanos.get("peak");
      System.out.printf(
          "%-18s %12.2f %12.1f %7.1f%%",
          m + "x" + n + "x" + k, mine / 1e3, operations / mine, 100 * operations / mine / limit);
      for (int i = 0; i < peers.size(); i++) {
        double theirs = nanos.get(peers.get(i).name());
        logs[i] += Math.log(theirs / mine);
        least[i] = Math.min(least[i], theirs / mine);
        System.out.printf(" %17.2f %8.2f", theirs / 1e3, theirs / mine);
      }
      System.out.println();
    }
  }

  private static float[] random(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  /** Checks some elements against sums in double. */
  private static void requireEqual(int m, int n, int k, float[] a, float[] b, float[] c) {
    Random random = new Random(7);
    for (int sample = 0; sample < 500; sample++) {
      int i = random.nextInt(m);
      int j = random.nextInt(n);
      double sum = 0;
      double size = 0;
      for (int p = 0; p < k; p++) {
        double product = (double) a[i * k + p] * b[p * n + j];
        sum += product;
        size += Math.abs(product);
      }
      if (!(Math.abs(c[i * n + j] - sum) <= k * Math.ulp(1f) * size)) {
        throw new IllegalStateException(
            "gemm: wrong at " + i + ", " + j + ": " + c[i * n + j] + " and not " + sum);
      }
    }
  }
}
