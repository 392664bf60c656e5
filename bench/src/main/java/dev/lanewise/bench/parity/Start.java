package dev.lanewise.bench.parity;

import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.DType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;

/**
 * The weights that a comparison begins with: those that initialisers draw, and those that they make
 * alike, such as biases, with a draw within 0.05 on top, so that the order of gates and channels
 * shows in all of them. Buffers are as they were made.
 */
final class Start {
  private static final double AROUND = 0.05;

  private Start() {}

  /** Weights and buffers of all networks of a task. */
  static Map<String, Values> of(Task task, SplittableRandom random) {
    Map<String, Values> start = new LinkedHashMap<>();
    for (Network network : task.dtype(DType.F32).networks()) {
      try (Model model = network.build()) {
        for (Parameter parameter : model.parameters()) {
          Values made = Values.of(parameter.tensor().shape(), parameter.tensor().toFloats());
          start.put(
              network.name() + "." + parameter.name(),
              parameter.isBuffer() || isDrawn(made) ? made : moved(made, random));
        }
      }
    }
    return start;
  }

  /** Whether there are more values than zero and one, or another two. */
  private static boolean isDrawn(Values made) {
    return DoubleStream.of(made.numbers()).distinct().limit(3).count() > 2;
  }

  private static Values moved(Values made, SplittableRandom random) {
    double[] numbers = made.numbers();
    int[] next = {0};
    return Values.drawn(
        made.shape(), () -> numbers[next[0]++] + random.nextDouble(-AROUND, AROUND));
  }
}
