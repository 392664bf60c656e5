package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.scalar.ScalarLoops;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradient functions in F64 against central differences of the functions that they belong to. */
class LaneGradientTest {
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-8;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment operands = arena.allocate(24);
  private final MemorySegment out = arena.allocate(8);

  @AfterEach
  void close() {
    arena.close();
  }

  private double apply(Lane lane, double p, double q, double... x) {
    for (int i = 0; i < x.length; i++) {
      operands.setAtIndex(ValueLayout.JAVA_DOUBLE, i, x[i]);
    }
    switch (lane.arity()) {
      case 1 -> ScalarLoops.map(lane, Element.F64).run(operands, 0, 8, out, 0, 8, 1, p, q);
      case 2 ->
          ScalarLoops.zip(lane, Element.F64)
              .run(operands, 0, 8, operands, 8, 8, out, 0, 8, 1, p, q);
      default ->
          ScalarLoops.ternary(lane, Element.F64)
              .run(operands, 0, 8, operands, 8, 8, operands, 16, 8, out, 0, 8, 1, p, q);
    }
    return out.get(ValueLayout.JAVA_DOUBLE, 0);
  }

  private double slope(Lane lane, double p, double q, int operand, double... x) {
    double[] up = x.clone();
    double[] down = x.clone();
    up[operand] += STEP;
    down[operand] -= STEP;
    return (apply(lane, p, q, up) - apply(lane, p, q, down)) / (2 * STEP);
  }

  private static void near(double expected, double actual, String name) {
    assertEquals(expected, actual, TOLERANCE * (1 + Math.abs(expected)), name);
  }

  @ParameterizedTest
  @CsvSource({
    "RELU, x, -3, 3",
    "LEAKY_RELU, x, -3, 3",
    "SILU, x, -9, 9",
    "GELU, x, -6, 6",
    "GELU_TANH, x, -6, 6",
    "SOFTPLUS, x, -9, 9",
    "CLIP, x, -3, 3",
    "TANH, y, -4, 4",
    "SIGMOID, y, -6, 6",
    "ELU, y, -4, 3",
    "SELU, y, -4, 3"
  })
  void ofOneOperand(Lane lane, String saved, double low, double high) {
    Lane gradient = Lane.valueOf(lane + "_GRAD");
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      double x = low + (high - low) * random.nextDouble();
      double p = lane == Lane.CLIP ? -1.5 : 0.75;
      double kink = lane == Lane.CLIP ? Math.abs(Math.abs(x) - 1.5) : Math.abs(x);
      if (kink < 2 * STEP) {
        continue;
      }
      double grad = random.nextGaussian();
      double value = saved.equals("x") ? x : apply(lane, p, 1.5, x);
      near(
          grad * slope(lane, p, 1.5, 0, x),
          apply(gradient, p, 1.5, value, grad),
          lane + " at " + x);
    }
  }

  @Test
  void ofTwoOperands() {
    Random random = new Random(2);
    for (int i = 0; i < 200; i++) {
      double x = 0.2 + 3 * random.nextDouble();
      double y = 0.2 + 3 * random.nextDouble();
      double g = random.nextGaussian();
      if (Math.abs(x - y) > 2 * STEP) {
        near(g * slope(Lane.MIN, 0, 0, 0, x, y), apply(Lane.MIN_GRAD, 0, 0, x, y, g), "min x");
        near(g * slope(Lane.MIN, 0, 0, 1, x, y), apply(Lane.MIN_GRAD, 0, 0, y, x, g), "min y");
        near(g * slope(Lane.MAX, 0, 0, 0, x, y), apply(Lane.MAX_GRAD, 0, 0, x, y, g), "max x");
      }
    }
  }

  @Test
  void equalOperandsShareTheGradient() {
    assertEquals(0.5, apply(Lane.MIN_GRAD, 0, 0, 3, 3, 1));
    assertEquals(0.5, apply(Lane.MAX_GRAD, 0, 0, 3, 3, 1));
  }

  @Test
  void farArgumentsGiveNoNotANumber() {
    for (double x : new double[] {Double.POSITIVE_INFINITY, 1e300, 1e30, 1e4}) {
      for (Lane lane : new Lane[] {Lane.SILU_GRAD, Lane.GELU_GRAD, Lane.GELU_TANH_GRAD}) {
        assertEquals(1, apply(lane, 0, 0, x, 1), lane + " at " + x);
        assertEquals(0, apply(lane, 0, 0, -x, 1), 0, lane + " at " + -x);
      }
    }
  }
}
