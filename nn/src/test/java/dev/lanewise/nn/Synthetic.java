package dev.lanewise.nn;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.tensor.Shape;

/** Data that tests make themselves. */
final class Synthetic {
  private Synthetic() {}

  /** Points of three classes on interleaved spiral arms. */
  static DataSet spirals(int samples, long seed) {
    Philox stream = new Philox(seed, 7);
    float[] points = new float[2 * samples];
    int[] classes = new int[samples];
    for (int i = 0; i < samples; i++) {
      int arm = i % 3;
      double radius = stream.uniform(2L * i);
      double angle = 4 * radius + arm * 2 * Math.PI / 3 + 0.15 * stream.normal(2L * i + 1);
      points[2 * i] = (float) (radius * StrictMath.cos(angle));
      points[2 * i + 1] = (float) (radius * StrictMath.sin(angle));
      classes[i] = arm;
    }
    return DataSet.of(Shape.of(2), points, classes);
  }

  /**
   * Noisy images of size x size x 1 with a bright bar: horizontal, vertical, or one of two
   * diagonals.
   */
  static DataSet bars(int samples, int size, long seed) {
    Philox stream = new Philox(seed, 8);
    float[] pixels = new float[samples * size * size];
    int[] classes = new int[samples];
    for (int i = 0; i < samples; i++) {
      int kind = i % 4;
      int shift = (int) (stream.uniform(i) * (size - 4)) - (size - 4) / 2;
      Philox noise = stream.substream(i);
      for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
          int distance =
              switch (kind) {
                case 0 -> y - size / 2 - shift;
                case 1 -> x - size / 2 - shift;
                case 2 -> x - y - shift;
                default -> x + y - size + 1 - shift;
              };
          double value = 0.3 * noise.normal(y * size + x) + (Math.abs(distance) < 1 ? 1 : 0);
          pixels[(i * size + y) * size + x] = (float) value;
        }
      }
      classes[i] = kind;
    }
    return DataSet.of(Shape.of(size, size, 1), pixels, classes);
  }
}
