package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.nn.optimizer.SGD;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.L2;
import dev.lanewise.nn.weight.MaxNorm;
import dev.lanewise.nn.weight.NonNegative;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** Prices and constraints of weights in training. */
class PolicyTrainingTest {
  /** The prediction itself. */
  private record Output() implements Loss {
    @Override
    public Tensor terms(Tensor labels, Tensor prediction) {
      return prediction;
    }

    @Override
    public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {}
  }

  private static void step(Model model, Descent descent, float... features) {
    try (Scope step = model.scope().child("step")) {
      Tensor x = step.tensor(Shape.of(1, features.length), features);
      Tensor loss = model.call(x, Pass.training(new Philox(1, 1))).sum();
      descent.step(Gradients.of(Parameter.penalized(loss, model.parameters())));
    }
  }

  @Test
  void aPriceAloneIsWeightDecay() {
    Dense dense = Dense.of(2).kernel(Initializer.ONES).kernelRegularizer(L2.of(0.5));
    try (Model model = Sequential.of(Input.of(2), dense).dtype(DType.F64).build()) {
      Descent descent = SGD.of(0.1).on(model.parameters(), model.scope());
      for (int i = 0; i < 3; i++) {
        try (Scope step = model.scope().child("step")) {
          Tensor loss = step.zeros(DType.F64, Shape.scalar());
          descent.step(Gradients.of(Parameter.penalized(loss, model.parameters())));
        }
      }
      double left = Math.pow(0.9, 3);
      assertArrayEquals(
          new double[] {left, left, left, left},
          model.parameter("dense.kernel").tensor().toDoubles(),
          1e-12);
    }
  }

  @Test
  void aConstraintHoldsAfterEveryStep() {
    Dense dense = Dense.of(1).kernel(Initializer.ZEROS).kernelConstraint(MaxNorm.of(0.5));
    try (Model model = Sequential.of(Input.of(2), dense).build()) {
      Descent descent = SGD.of(0.1).on(model.parameters(), model.scope());
      Tensor kernel = model.parameter("dense.kernel").tensor();
      step(model, descent, -3, -4);
      assertArrayEquals(new float[] {0.3f, 0.4f}, kernel.toFloats(), 1e-6f);
      for (int i = 0; i < 5; i++) {
        step(model, descent, -3, -4);
        assertArrayEquals(new float[] {0.3f, 0.4f}, kernel.toFloats(), 1e-6f);
      }
      float[][] sample = {{1, 1}};
      float bias = model.parameter("dense.bias").tensor().toFloats()[0];
      assertEquals(0.7f + bias, model.predict(sample)[0][0], 1e-5f);
      model.parameter("dense.kernel").assign(model.scope().tensor(Shape.of(2, 1), 3f, 4));
      model.parameters().forEach(Parameter::constrain);
      assertTrue(Math.abs(model.predict(sample)[0][0] - 0.7f - bias) < 1e-5f, "compiled anew");
    }
  }

  /** {@code w -= 0.25 (1 + w)} from 1 on: 0.5, 0.125 and then 0 instead of less. */
  @Test
  void fittingPricesAndHolds() {
    Dense dense =
        Dense.of(1)
            .useBias(false)
            .kernel(Initializer.ONES)
            .kernelRegularizer(L2.of(0.5))
            .kernelConstraint(NonNegative.of());
    DataSet one = DataSet.of(new float[][] {{1}}, new float[][] {{0}});
    try (Model model = Sequential.of(Input.of(1), dense).compile(SGD.of(0.25), new Output())) {
      Tensor kernel = model.parameter("dense.kernel").tensor();
      History history = model.fit(one, Fit.epochs(1));
      assertEquals(0.5f, kernel.value(), 1e-6);
      assertEquals(1 + 0.5, history.epochs().getFirst().training().loss(), 1e-6);
      model.fit(one, Fit.epochs(1));
      assertEquals(0.125f, kernel.value(), 1e-6);
      model.fit(one, Fit.epochs(1));
      assertEquals(0, kernel.value());
    }
  }
}
