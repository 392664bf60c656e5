package dev.lanewise.models.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class AdversarialGoalTest {
  private static final int PIXELS = 4;
  private static final double[] WEIGHTS = {0.5, -1, 2, 0.25};

  /** Of a linear critic the gradient is its weights, everywhere. */
  private static UnaryOperator<Tensor> linear(Tensor weights) {
    return pictures -> pictures.reshape(pictures.extent(0), PIXELS).matmul(weights);
  }

  private static double norm() {
    double sum = 0;
    for (double weight : WEIGHTS) {
      sum += weight * weight;
    }
    return Math.sqrt(sum);
  }

  @Test
  void steepnessIsTheNormOfTheGradient() {
    try (Scope scope = Scope.open("steepness")) {
      Tensor weights = scope.tensor(Shape.of(PIXELS, 1), WEIGHTS);
      Tensor pictures = scope.normal(DType.F64, Shape.of(3, 2, 2, 1), new Philox(1, 1));
      double[] steepness =
          AdversarialGoal.Wasserstein.steepness(linear(weights), pictures).toDoubles();
      assertArrayEquals(new double[] {norm(), norm(), norm()}, steepness, 1e-9);
    }
  }

  /** {@code mean(made) - mean(real) + 10 (|w| - 1)^2}, and its gradient, in closed form. */
  @Test
  void penaltyIsTrainedThroughSecondDerivatives() {
    try (Scope scope = Scope.open("penalty")) {
      Tensor weights = scope.tensor(Shape.of(PIXELS, 1), WEIGHTS).tracked();
      Tensor real = scope.full(DType.F64, Shape.of(2, 2, 2, 1), 0.75);
      Tensor made = scope.full(DType.F64, Shape.of(2, 2, 2, 1), 0.25);
      Tensor loss =
          AdversarialGoal.Wasserstein.standard()
              .apart(linear(weights), real, made, new Philox(1, 2));
      double distance = 0;
      double[] slopes = new double[PIXELS];
      for (int i = 0; i < PIXELS; i++) {
        distance += WEIGHTS[i] * (0.25 - 0.75);
        slopes[i] = (0.25 - 0.75) + 20 * (norm() - 1) * WEIGHTS[i] / norm();
      }
      assertEquals(distance + 10 * (norm() - 1) * (norm() - 1), loss.value(), 1e-9);
      assertArrayEquals(slopes, Gradients.of(loss).get(weights).toDoubles(), 1e-8);
    }
  }

  /** The critic learns in every step, the generator in every fifth. */
  @Test
  void gradientPenaltyPairTrains() {
    try (AdversarialPair pair = new AdversarialPair(3, AdversarialGoal.Wasserstein.standard());
        Scope scope = pair.generatorModel().scope().child("pictures")) {
      Tensor real = scope.full(DType.F32, Shape.of(8, 28, 28, 1), 1);
      double first = 0;
      double last = 0;
      for (int i = 0; i < 6; i++) {
        try (Scope step = scope.child("step")) {
          AdversarialPair.Step result = pair.step(real.in(step));
          assertEquals(i % 5 != 0, result.generatorWaited());
          assertTrue(!result.discriminatorWaited());
          first = i == 0 ? result.discriminatorLoss() : first;
          last = result.discriminatorLoss();
        }
      }
      assertTrue(last < first, first + " before, " + last + " after");
    }
  }
}
