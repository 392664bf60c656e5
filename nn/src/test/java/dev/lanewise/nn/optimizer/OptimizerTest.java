package dev.lanewise.nn.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import dev.lanewise.tensor.autograd.Gradients;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Optimizers against their formulas in scalar doubles, on a loss whose gradient changes. */
class OptimizerTest {
  private static final int STEPS = 20;
  private static final double[] START = {1, -2, 0.5, 3, -0.25, 0};

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  /** The derivative of {@code w^4 / 4 + w^2 / 2}. */
  private static double gradient(double w) {
    return w * w * w + w;
  }

  /** One parameter's way by hand. */
  private interface Rule {
    double next(double w, double[] state, int step);
  }

  private void step(Descent descent, Parameter parameter) {
    try (Scope child = scope.child("step")) {
      Tensor square = parameter.tensor().in(child).square();
      descent.step(Gradients.of(square.square().mul(0.25).add(square.mul(0.5)).sum()));
    }
  }

  private void check(Optimizer optimizer, Rule rule) {
    Parameter parameter = new Parameter("w", scope.tensor(Shape.of(2, 3), START));
    Descent descent = optimizer.on(List.of(parameter), scope);
    for (int step = 0; step < STEPS; step++) {
      step(descent, parameter);
    }
    double[] expected = START.clone();
    for (int i = 0; i < expected.length; i++) {
      double[] state = new double[3];
      for (int step = 1; step <= STEPS; step++) {
        expected[i] = rule.next(expected[i], state, step);
      }
    }
    assertArrayEquals(expected, parameter.tensor().toDoubles(), 1e-12);
    assertEquals(STEPS, descent.steps());
    assertEquals(STEPS, parameter.changes());
  }

  @Test
  void gradientDescent() {
    check(SGD.of(0.05), (w, state, step) -> w - 0.05 * gradient(w));
  }

  @Test
  void momentum() {
    check(
        SGD.of(0.02).momentum(0.9),
        (w, state, step) -> {
          state[0] = 0.9 * state[0] - 0.02 * gradient(w);
          return w + state[0];
        });
  }

  @Test
  void nesterov() {
    check(
        SGD.of(0.02).momentum(0.9).nesterov(true),
        (w, state, step) -> {
          state[0] = 0.9 * state[0] - 0.02 * gradient(w);
          return w + 0.9 * state[0] - 0.02 * gradient(w);
        });
  }

  @Test
  void adamAsKerasHasIt() {
    check(
        Adam.of(0.1).epsilon(1e-3),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] += (g - state[0]) * (1 - 0.9);
          state[1] += (g * g - state[1]) * (1 - 0.999);
          double alpha = 0.1 * Math.sqrt(1 - Math.pow(0.999, step)) / (1 - Math.pow(0.9, step));
          return w - state[0] * alpha / (Math.sqrt(state[1]) + 1e-3);
        });
  }

  @Test
  void adamAsPyTorchHasIt() {
    check(
        Adam.of(0.1).betas(0.8, 0.99).epsilon(1e-3).epsilonAfterCorrection(true),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.8 * state[0] + 0.2 * g;
          state[1] = 0.99 * state[1] + 0.01 * g * g;
          double root = Math.sqrt(state[1]) / Math.sqrt(1 - Math.pow(0.99, step)) + 1e-3;
          return w - 0.1 / (1 - Math.pow(0.8, step)) * state[0] / root;
        });
  }

  @Test
  void momentumAsPyTorchHasIt() {
    Schedule halving = ExponentialDecay.of(0.04, 5, 0.5);
    check(
        SGD.of(halving).momentum(0.9).rateAfterMomentum(true),
        (w, state, step) -> {
          state[0] = 0.9 * state[0] + gradient(w);
          return w - 0.04 * Math.pow(0.5, (step - 1) / 5.0) * state[0];
        });
    check(
        SGD.of(halving).momentum(0.9).nesterov(true).rateAfterMomentum(true),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.9 * state[0] + g;
          return w - 0.04 * Math.pow(0.5, (step - 1) / 5.0) * (g + 0.9 * state[0]);
        });
  }

  @Test
  void amsgrad() {
    check(
        Adam.of(0.1).betas(0.8, 0.5).epsilon(1e-3).amsgrad(true),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.8 * state[0] + 0.2 * g;
          state[1] = 0.5 * state[1] + 0.5 * g * g;
          state[2] = Math.max(state[2], state[1]);
          double alpha = 0.1 * Math.sqrt(1 - Math.pow(0.5, step)) / (1 - Math.pow(0.8, step));
          return w - state[0] * alpha / (Math.sqrt(state[2]) + 1e-3);
        });
  }

  @Test
  void adagrad() {
    check(
        Adagrad.of(0.3),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] += (step == 1 ? 0.1 : 0) + g * g;
          return w - 0.3 * g / Math.sqrt(state[0] + 1e-7);
        });
    check(
        Adagrad.of(0.3).initial(0).epsilon(1e-3).epsilonOutsideRoot(true),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] += g * g;
          return w - 0.3 * g / (Math.sqrt(state[0]) + 1e-3);
        });
  }

  @Test
  void adadelta() {
    check(
        Adadelta.of(0.5).rho(0.9).epsilon(1e-2),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.9 * state[0] + 0.1 * g * g;
          double delta = g * Math.sqrt(state[1] + 1e-2) / Math.sqrt(state[0] + 1e-2);
          state[1] = 0.9 * state[1] + 0.1 * delta * delta;
          return w - 0.5 * delta;
        });
  }

  @Test
  void rmsprop() {
    check(
        RMSprop.of(0.05),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.9 * state[0] + 0.1 * g * g;
          return w - 0.05 * g / Math.sqrt(state[0] + 1e-7);
        });
    check(
        RMSprop.of(0.05).rho(0.99).epsilon(1e-3).epsilonOutsideRoot(true),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.99 * state[0] + 0.01 * g * g;
          return w - 0.05 * g / (Math.sqrt(state[0]) + 1e-3);
        });
  }

  @Test
  void rmspropCentered() {
    check(
        RMSprop.of(0.02).centered(true).epsilon(1e-2),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.9 * state[0] + 0.1 * g * g;
          state[1] = 0.9 * state[1] + 0.1 * g;
          return w - 0.02 * g / Math.sqrt(state[0] - state[1] * state[1] + 1e-2);
        });
  }

  @Test
  void rmspropWithMomentum() {
    check(
        RMSprop.of(0.02).momentum(0.8),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.9 * state[0] + 0.1 * g * g;
          state[1] = 0.8 * state[1] + 0.02 * g / Math.sqrt(state[0] + 1e-7);
          return w - state[1];
        });
    check(
        RMSprop.of(ExponentialDecay.of(0.02, 4, 0.5))
            .centered(true)
            .momentum(0.8)
            .epsilon(1e-2)
            .epsilonOutsideRoot(true)
            .rateAfterMomentum(true),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.9 * state[0] + 0.1 * g * g;
          state[1] = 0.9 * state[1] + 0.1 * g;
          double root = Math.sqrt(state[0] - state[1] * state[1]);
          state[2] = 0.8 * state[2] + g / (root + 1e-2);
          return w - 0.02 * Math.pow(0.5, (step - 1) / 4.0) * state[2];
        });
  }

  @Test
  void aVarianceRoundedBelowZeroIsNone() {
    Parameter w = new Parameter("w", scope.tensor(Shape.of(1), 0f));
    Descent descent = RMSprop.of(1e-3).rho(0.5).centered(true).on(List.of(w), scope);
    for (int step = 0; step < 60; step++) {
      try (Scope child = scope.child("step")) {
        descent.step(Gradients.of(w.tensor().in(child).mul(12345.678).sum()));
      }
    }
    assertTrue(Double.isFinite(w.tensor().value()), () -> "w = " + w.tensor().value());
  }

  @Test
  void nadam() {
    for (double decay : new double[] {1, 0.004}) {
      check(
          Nadam.of(0.05).epsilon(1e-3).momentumDecay(decay),
          (w, state, step) -> {
            double g = gradient(w);
            double now = 0.9 * (1 - 0.5 * Math.pow(0.96, step * decay));
            double next = 0.9 * (1 - 0.5 * Math.pow(0.96, (step + 1) * decay));
            state[2] = step == 1 ? now : state[2] * now;
            state[0] = 0.9 * state[0] + 0.1 * g;
            state[1] = 0.999 * state[1] + 0.001 * g * g;
            double m = next * state[0] / (1 - state[2] * next) + (1 - now) * g / (1 - state[2]);
            return w - 0.05 * m / (Math.sqrt(state[1] / (1 - Math.pow(0.999, step))) + 1e-3);
          });
    }
  }

  @Test
  void adamax() {
    check(
        Adamax.of(0.05).betas(0.8, 0.7).epsilon(1e-3),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.8 * state[0] + 0.2 * g;
          state[1] = Math.max(0.7 * state[1], Math.abs(g));
          return w - 0.05 * state[0] / ((1 - Math.pow(0.8, step)) * (state[1] + 1e-3));
        });
    check(
        Adamax.of(0.05).epsilon(1e-3).epsilonInsideMaximum(true),
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.9 * state[0] + 0.1 * g;
          state[1] = Math.max(0.999 * state[1], Math.abs(g) + 1e-3);
          return w - 0.05 * state[0] / ((1 - Math.pow(0.9, step)) * state[1]);
        });
  }

  @Test
  void lion() {
    check(
        Lion.of(0.03).betas(0.8, 0.95),
        (w, state, step) -> {
          double g = gradient(w);
          double moved = w - 0.03 * Math.signum(0.8 * state[0] + 0.2 * g);
          state[0] = 0.95 * state[0] + 0.05 * g;
          return moved;
        });
  }

  @Test
  void adamWithDecoupledWeightDecay() {
    Rule rule =
        (w, state, step) -> {
          double g = gradient(w);
          state[0] = 0.9 * state[0] + 0.1 * g;
          state[1] = 0.999 * state[1] + 0.001 * g * g;
          double alpha = 0.1 * Math.sqrt(1 - Math.pow(0.999, step)) / (1 - Math.pow(0.9, step));
          return w * (1 - 0.1 * 0.004) - state[0] * alpha / (Math.sqrt(state[1]) + 1e-7);
        };
    check(AdamW.of(0.1), rule);
    check(Adam.of(0.1).weightDecay(0.004), rule);
  }

  /** One step from 1 along a gradient of 2, at a rate of 0.1 unless the rule says otherwise. */
  private double first(Optimizer optimizer) {
    Parameter w = new Parameter("w", scope.tensor(Shape.of(1), 1.0));
    Descent descent = optimizer.on(List.of(w), scope);
    descent.step(Gradients.of(w.tensor().mul(2).sum()));
    return w.tensor().value();
  }

  @Test
  void firstStepsByHand() {
    assertEquals(0.8, first(SGD.of(0.1)), 1e-15);
    assertEquals(0.62, first(SGD.of(0.1).momentum(0.9).nesterov(true)), 1e-15);
    assertEquals(0.9, first(Adam.of(0.1).epsilon(0)), 1e-15);
    assertEquals(0.9, first(Adam.of(0.1).epsilon(0).amsgrad(true)), 1e-15);
    // The root of 5 + 4 is 3, and 1 - 0.3 * 2 / 3 is 0.8.
    assertEquals(0.8, first(Adagrad.of(0.3).initial(5).epsilon(0)), 1e-15);
    // A quarter of 4 is 1: 2 sqrt(0 + 3) / sqrt(1 + 3), halved.
    assertEquals(1 - 0.8660254037844386, first(Adadelta.of(0.5).rho(0.75).epsilon(3)), 1e-15);
    assertEquals(0.9, first(RMSprop.of(0.1).rho(0.75).epsilon(3)), 1e-15);
    assertEquals(0.9, first(RMSprop.of(0.1).rho(0.75).epsilon(1).epsilonOutsideRoot(true)), 1e-15);
    // The variance is 1 - 0.5^2, and with epsilon 1 again.
    assertEquals(0.8, first(RMSprop.of(0.1).rho(0.75).epsilon(0.25).centered(true)), 1e-15);
    assertEquals(0.9, first(RMSprop.of(0.1).rho(0.75).epsilon(3).momentum(0.5)), 1e-15);
    // Momenta 0.468 and 0.48528: 0.2 * 0.48528 / (1 - 0.22711104) + 2 over a root of 2.
    assertEquals(0.8937212196, first(Nadam.of(0.1).epsilon(0)), 1e-9);
    assertEquals(0.9, first(Adamax.of(0.1).epsilon(0)), 1e-15);
    assertEquals(0.9, first(Lion.of(0.1)), 1e-15);
    assertEquals(0.79, first(SGD.of(0.1).weightDecay(0.1)), 1e-15);
  }

  @Test
  void theRateFollowsTheSchedule() {
    Parameter w = new Parameter("w", scope.tensor(Shape.of(1), 0.0));
    Descent descent = SGD.of(step -> 1.0 / (1L << step)).on(List.of(w), scope);
    for (double left : new double[] {-1, -1.5, -1.75}) {
      descent.step(Gradients.of(w.tensor().sum()));
      assertEquals(left, w.tensor().value());
    }
    assertEquals(0.125, descent.rate());
    descent.schedule(Schedule.constant(3));
    descent.step(Gradients.of(w.tensor().sum()));
    assertEquals(-4.75, w.tensor().value());
  }

  /** Where parameters at zero go in one step of rate 1 along the gradients (3, 4) and 12. */
  private List<double[]> clipped(Optimizer optimizer) {
    Parameter two = new Parameter("two", scope.zeros(DType.F64, Shape.of(2)));
    Parameter one = new Parameter("one", scope.zeros(DType.F64, Shape.of(1)));
    Tensor slopes = scope.tensor(Shape.of(2), 3.0, 4.0);
    Tensor loss = two.tensor().mul(slopes).sum().add(one.tensor().mul(12).sum());
    optimizer.on(List.of(two, one), scope).step(Gradients.of(loss));
    return List.of(two.tensor().toDoubles(), one.tensor().toDoubles());
  }

  private static void assertNear(List<double[]> actual, double[]... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], actual.get(i), 1e-14);
    }
  }

  @Test
  void gradientsAreClipped() {
    SGD plain = SGD.of(1);
    assertNear(clipped(plain.clipValue(3.5)), new double[] {-3, -3.5}, new double[] {-3.5});
    assertNear(clipped(plain.clipNorm(2.5)), new double[] {-1.5, -2}, new double[] {-2.5});
    assertNear(clipped(plain.clipNorm(5)), new double[] {-3, -4}, new double[] {-5});
    assertNear(clipped(plain.globalClipNorm(6.5)), new double[] {-1.5, -2}, new double[] {-6});
    assertNear(clipped(plain.globalClipNorm(13)), new double[] {-3, -4}, new double[] {-12});
    assertNear(
        clipped(plain.clipNorm(1).globalClipNorm(6.5)), new double[] {-1.5, -2}, new double[] {-6});
  }

  @Test
  void aNormWhoseSquareOverflowsIsClipped() {
    for (Tuned tuned : List.of(SGD.of(1).clipNorm(1), SGD.of(1).globalClipNorm(1))) {
      Parameter w = new Parameter("w", scope.zeros(DType.F32, Shape.of(2)));
      Tensor slopes = scope.tensor(Shape.of(2), 3e30f, -4e30f);
      tuned.on(List.of(w), scope).step(Gradients.of(w.tensor().mul(slopes).sum()));
      assertArrayEquals(new float[] {-0.6f, 0.8f}, w.tensor().toFloats(), 1e-6f);
    }
  }

  @Test
  void clippingHidesNoNotANumber() {
    for (Tuned tuned :
        List.of(SGD.of(1).clipValue(1), SGD.of(1).clipNorm(1), SGD.of(1).globalClipNorm(1))) {
      Parameter w = new Parameter("w", scope.tensor(Shape.of(1), 1.0));
      Tensor loss = w.tensor().mul(scope.tensor(Shape.of(1), Double.NaN)).sum();
      tuned.on(List.of(w), scope).step(Gradients.of(loss));
      assertTrue(Double.isNaN(w.tensor().value()));
    }
  }

  @Test
  void onlyChosenParametersDecay() {
    Parameter kernel = new Parameter("dense.kernel", scope.tensor(Shape.of(1), 1.0));
    Parameter bias = new Parameter("dense.bias", scope.tensor(Shape.of(1), 1.0));
    Descent descent =
        SGD.of(0.5)
            .weightDecay(0.5, name -> !name.endsWith("bias"))
            .on(List.of(kernel, bias), scope);
    descent.step(Gradients.of(kernel.tensor().add(bias.tensor()).mul(0).sum()));
    assertEquals(0.75, kernel.tensor().value());
    assertEquals(1, bias.tensor().value());
  }

  @Test
  void averagesFollowTheWeights() {
    Parameter w = new Parameter("w", scope.tensor(Shape.of(2, 3), START));
    Descent descent = SGD.of(0.05).averaged(0.9).on(List.of(w), scope);
    assertTrue(descent.isAveraging());
    double[] expected = null;
    for (int step = 0; step < STEPS; step++) {
      step(descent, w);
      double[] now = w.tensor().toDoubles();
      for (int i = 0; expected != null && i < now.length; i++) {
        now[i] = 0.9 * expected[i] + 0.1 * now[i];
      }
      expected = now;
    }
    assertArrayEquals(expected, descent.state().get("w.average").toDoubles(), 1e-14);
    long changes = w.changes();
    descent.useAverages();
    assertArrayEquals(expected, w.tensor().toDoubles(), 1e-14);
    assertEquals(changes + 1, w.changes());
  }

  @Test
  void withoutAveragesThereIsNothingToUse() {
    Parameter w = new Parameter("w", scope.tensor(Shape.of(1), 1.0));
    Descent descent = SGD.of(1).on(List.of(w), scope);
    descent.useAverages();
    assertFalse(descent.isAveraging());
    assertEquals(0, w.changes());
  }

  @Test
  void tuningAddsUp() {
    Tuned tuned = Adam.of(1).clipNorm(2).weightDecay(0.5).averaged(0.75);
    assertEquals(Adam.of(1), tuned.rule());
    assertEquals(new Clipping(Clipping.Kind.NORM, 2), tuned.clipping());
    assertEquals(0.5, tuned.weightDecay().decay());
    assertEquals(0.75, tuned.average());
    assertEquals(tuned, Tuned.of(tuned));
  }

  private static List<Optimizer> all() {
    return List.of(
        SGD.of(1e-3),
        SGD.of(1e-3).momentum(0.9).nesterov(true),
        Adam.of(1e-3).amsgrad(true),
        Adagrad.of(1e-3),
        Adadelta.of(1e-3),
        RMSprop.of(1e-3).centered(true).momentum(0.9),
        Nadam.of(1e-3),
        Adamax.of(1e-3),
        Lion.of(1e-3),
        AdamW.of(1e-3).globalClipNorm(1).averaged(0.9));
  }

  /**
   * Where a gradient is zero from some step on, as of a unit that died, an average decays. A number
   * that is subnormal costs a CPU a hundred times as much as another, and rounding keeps it from
   * ever becoming zero.
   */
  @Test
  void averagesDecayToZeroAndNotToSubnormalNumbers() {
    for (DType dtype : List.of(DType.F32, DType.F64)) {
      double normal = dtype.equals(DType.F32) ? Float.MIN_NORMAL : Double.MIN_NORMAL;
      int steps = dtype.equals(DType.F32) ? 1_200 : 7_500;
      for (Optimizer optimizer : all()) {
        try (Scope own = scope.child("own")) {
          Parameter w = new Parameter("w", own.zeros(dtype, Shape.of(3)));
          Descent descent = optimizer.on(List.of(w), own);
          for (int step = 0; step < steps; step++) {
            try (Scope child = own.child("step")) {
              Tensor x = w.tensor().in(child);
              descent.step(Gradients.of(step == 0 ? x.mul(3).sum() : x.mul(0).sum()));
            }
          }
          descent
              .state()
              .forEach(
                  (name, slot) -> {
                    for (double value : slot.cast(DType.F64).toDoubles()) {
                      assertTrue(
                          value == 0 || Math.abs(value) >= normal,
                          () -> optimizer + ": " + name + ": " + value);
                    }
                  });
        }
      }
    }
  }

  /** What an update may leave on the heap: a few short-lived objects, whatever the size. */
  private static final long HEAP_BUDGET = 16 << 10;

  @Test
  void aWarmUpdateLeavesLittleOnTheHeap() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (Optimizer optimizer : all()) {
      try (Scope own = scope.child("own")) {
        Parameter w = new Parameter("w", own.zeros(DType.F32, Shape.of(10_000)));
        Descent descent = optimizer.on(List.of(w), own);
        long least = Long.MAX_VALUE;
        for (int step = 0; step < 3000 && least > HEAP_BUDGET; step++) {
          try (Scope child = own.child("step")) {
            Gradients gradients = Gradients.of(w.tensor().in(child).sum());
            long before = threads.getCurrentThreadAllocatedBytes();
            descent.step(gradients);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
          }
        }
        assertTrue(least <= HEAP_BUDGET, optimizer + ": " + least + " bytes");
      }
    }
  }

  @Test
  void theSameBitsOnAnyNumberOfThreads() {
    for (Optimizer optimizer : all()) {
      float[] expected = null;
      for (int threads : new int[] {1, 2, 3}) {
        try (Workers workers = Workers.of(threads);
            Scope own =
                Scope.open(
                    "threads",
                    Scope.Options.standard().engine(Engine.standard().workers(workers)))) {
          Parameter w = new Parameter("w", own.normal(Shape.of(100_003)));
          Descent descent = optimizer.on(List.of(w), own);
          for (int step = 0; step < 3; step++) {
            try (Scope child = own.child("step")) {
              descent.step(Gradients.of(w.tensor().in(child).square().sum()));
            }
          }
          expected = expected == null ? w.tensor().toFloats() : expected;
          assertArrayEquals(expected, w.tensor().toFloats(), optimizer + " " + threads);
        }
      }
    }
  }

  @Test
  void aRateOfTheCallersChoiceReplacesTheOwn() {
    Parameter parameter = new Parameter("w", scope.tensor(Shape.of(1), 2f));
    Descent descent = SGD.of(1).on(List.of(parameter), scope);
    descent.step(Gradients.of(parameter.tensor().sum()), 0.25);
    assertEquals(1.75, parameter.tensor().value());
    assertEquals(SGD.of(1), descent.optimizer());
  }

  @Test
  void stateIsNamedAfterParameterAndSlot() {
    Parameter w = new Parameter("dense.kernel", scope.zeros(DType.F32, Shape.of(2)));
    assertEquals(
        Set.of("dense.kernel.m", "dense.kernel.v"),
        Adam.of(1).on(List.of(w), scope).state().keySet());
    assertEquals(
        Set.of("dense.kernel.squares", "dense.kernel.velocity", "dense.kernel.average"),
        RMSprop.of(1).momentum(0.5).averaged(0.5).on(List.of(w), scope).state().keySet());
    assertEquals(
        Set.of("dense.kernel.velocity"),
        SGD.of(1).momentum(0.5).on(List.of(w), scope).state().keySet());
    assertEquals(Set.of(), SGD.of(1).on(List.of(w), scope).state().keySet());
  }

  @Test
  void aStepBetweenForwardAndBackwardIsNoticed() {
    Parameter w = new Parameter("w", scope.tensor(Shape.of(2), 1f, 2f));
    Descent descent = SGD.of(1).on(List.of(w), scope);
    Tensor loss = w.tensor().square().sum();
    descent.step(Gradients.of(loss));
    assertTrue(
        assertThrows(IllegalStateException.class, () -> Gradients.of(loss))
            .getMessage()
            .contains("was overwritten before backward"));
  }

  @Test
  void stepsAllocateNoTensorsInTheParametersScope() {
    for (Optimizer optimizer : all()) {
      Parameter w = new Parameter("w", scope.tensor(Shape.of(2), 1f, 2f));
      Descent descent = optimizer.on(List.of(w), scope);
      long before = scope.usage().tensors();
      for (int step = 0; step < 3; step++) {
        try (Scope child = scope.child("step")) {
          descent.step(Gradients.of(w.tensor().in(child).square().sum()));
        }
      }
      assertEquals(before, scope.usage().tensors());
    }
  }

  @Test
  void attributesOutOfRangeAreRefused() {
    assertEquals("sgd: momentum from 0 below 1, not 1.0", error(() -> SGD.of(1).momentum(1)));
    assertEquals(
        "adam: betas from 0 below 1, not 0.9 and 1.0", error(() -> Adam.of(1).betas(0.9, 1)));
    assertEquals("rmsprop: rho from 0 below 1, not 1.0", error(() -> RMSprop.of(1).rho(1)));
    assertEquals(
        "adagrad: initial at least 0 and finite, not -1.0", error(() -> Adagrad.of(1).initial(-1)));
    assertEquals("clipping: a limit above 0 expected, not 0.0", error(() -> SGD.of(1).clipNorm(0)));
    assertEquals(
        "weightDecay: decay at least 0 and finite, not -1.0",
        error(() -> SGD.of(1).weightDecay(-1)));
    assertEquals("averaged: momentum from 0 below 1, not 1.0", error(() -> SGD.of(1).averaged(1)));
    assertEquals(
        "constantRate: rate at least 0 and finite, not NaN", error(() -> SGD.of(Double.NaN)));
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }
}
