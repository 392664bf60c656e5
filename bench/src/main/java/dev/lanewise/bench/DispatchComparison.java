package dev.lanewise.bench;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.Map;

/** What one eager operator on 16 elements costs, tracked and not: the price of dispatch. */
final class DispatchComparison implements Runnable {
  private static final int CALLS = 1000;

  @Override
  public void run() {
    try (Scope scope = Scope.open("dispatch")) {
      Tensor x = scope.uniform(Shape.of(16));
      Tensor y = scope.uniform(Shape.of(16));
      Tensor tracked = x.tracked();
      Rounds rounds =
          new Rounds()
              .with("add", () -> inStep(scope, x, y, false))
              .with("relu", () -> inStep(scope, x, y, true))
              .with("add, tracked", () -> inStep(scope, tracked, y, false))
              .with("relu, tracked", () -> inStep(scope, tracked, y, true));
      Map<String, Double> nanos = rounds.medians();
      nanos.forEach(
          (name, time) ->
              System.out.printf("dispatch: %-14s %.3f us%n", name, time / CALLS / 1e3));
    }
  }

  private static void inStep(Scope scope, Tensor x, Tensor y, boolean relu) {
    try (Scope step = scope.child("step")) {
      Tensor own = x.in(step);
      for (int i = 0; i < CALLS; i++) {
        if (relu) {
          own.relu();
        } else {
          own.add(y);
        }
      }
    }
  }
}
