package dev.lanewise.nn.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
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

  /** The derivative of {@code w^4 / 4 + w}. */
  private static double gradient(double w) {
    return w * w * w + w;
  }

  /** One parameter's way by hand. */
  private interface Rule {
    double next(double w, double[] state, int step);
  }

  private void check(Optimizer optimizer, Rule rule) {
    Parameter parameter = new Parameter("w", scope.tensor(Shape.of(2, 3), START));
    Descent descent = optimizer.on(List.of(parameter), scope);
    for (int step = 0; step < STEPS; step++) {
      try (Scope child = scope.child("step")) {
        Tensor w = parameter.tensor().in(child);
        Tensor square = w.square();
        descent.step(Gradients.of(square.square().mul(0.25).add(square.mul(0.5)).sum()));
      }
    }
    double[] expected = START.clone();
    for (int i = 0; i < expected.length; i++) {
      double[] state = new double[2];
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
    Parameter w = new Parameter("w", scope.tensor(Shape.of(2), 1f, 2f));
    Descent descent = Adam.of(1).on(List.of(w), scope);
    long before = scope.usage().tensors();
    for (int step = 0; step < 3; step++) {
      try (Scope child = scope.child("step")) {
        descent.step(Gradients.of(w.tensor().in(child).square().sum()));
      }
    }
    assertEquals(before, scope.usage().tensors());
  }

  @Test
  void attributesOutOfRangeAreRefused() {
    assertEquals("sgd: momentum from 0 below 1, not 1.0", error(() -> SGD.of(1).momentum(1)));
    assertEquals(
        "adam: betas from 0 below 1, not 0.9 and 1.0", error(() -> Adam.of(1).betas(0.9, 1)));
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }
}
