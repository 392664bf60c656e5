package dev.lanewise.models.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import dev.lanewise.tensor.autograd.Gradients;
import java.lang.management.ManagementFactory;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A warm training step stays within a budget of heap and asks the system for no more memory. */
class StepBudgetTest {
  /**
   * What a step may leave on the heap, whatever the batch: operator records, views, origins, some
   * hundreds of bytes for each of the operators forward and backward.
   */
  private static final long HEAP_BUDGET = 192 << 10;

  /** The same for a pair: four passes forward and three backward. */
  private static final long PAIR_BUDGET = 640 << 10;

  /** Steps over which a budget is the mean. */
  private static final int TOGETHER = 10;

  private static final int FIRST_STEPS = 50;
  private static final int MOST_STEPS = 4000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Engine ALONE = Engine.of(CpuProfile.detected(), Workers.of(1));

  /** Runs steps in child scopes until they are warm. */
  private static void assertWithin(long budget, Scope root, Consumer<Scope> step) {
    // In a pair one of the two waits in some steps, and needs its memory later.
    allocated(FIRST_STEPS, root, step);
    long reserved = root.usage().reserved();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < MOST_STEPS && least > budget; i += TOGETHER) {
      least = Math.min(least, allocated(TOGETHER, root, step) / TOGETHER);
    }
    assertTrue(least <= budget, least + " bytes on the heap per step");
    assertEquals(reserved, root.usage().reserved(), "native bytes");
  }

  /** Heap bytes of so many steps. */
  private static long allocated(int steps, Scope root, Consumer<Scope> step) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < steps; i++) {
      try (Scope scope = root.child("step")) {
        step.accept(scope);
      }
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void recurrentStep() {
    try (Model model = SeriesForecaster.layers(12).engine(ALONE).build();
        Scope data = model.scope().child("data")) {
      Descent descent = Adam.of(1e-3).on(model.trained(), model.scope());
      Tensor windows = data.uniform(Shape.of(4, 12, 2));
      Tensor targets = data.uniform(Shape.of(4, 1));
      assertWithin(
          HEAP_BUDGET,
          model.scope(),
          scope -> {
            Pass pass = Pass.training(new Philox(1, 1));
            Tensor forecast = model.call(windows.in(scope), pass);
            Tensor loss = MeanSquaredError.of().apply(targets.in(scope), forecast);
            descent.step(Gradients.of(loss));
          });
    }
  }

  @Test
  void variationalStep() {
    try (VariationalAutoencoder network = new VariationalAutoencoder(1, ALONE);
        Scope data = network.encoderModel().scope().child("data")) {
      Tensor pictures = data.uniform(Shape.of(4, 784));
      assertWithin(
          HEAP_BUDGET, network.encoderModel().scope(), scope -> network.step(pictures.in(scope)));
    }
  }

  @Test
  void adversarialStep() {
    AdversarialGoal goal = AdversarialGoal.CrossEntropy.balanced();
    try (AdversarialPair pair = new AdversarialPair(1, goal, ALONE);
        Scope data = pair.generatorModel().scope().child("data")) {
      Tensor pictures = data.uniform(Shape.of(1, 28, 28, 1));
      assertWithin(
          PAIR_BUDGET, pair.generatorModel().scope(), scope -> pair.step(pictures.in(scope)));
    }
  }
}
