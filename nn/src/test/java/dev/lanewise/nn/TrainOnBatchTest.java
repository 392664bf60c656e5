package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.data.Batches;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Dropout;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.weight.L2;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TrainOnBatchTest {
  private static final Network PERCEPTRON =
      Sequential.of(
          Input.of(2),
          Dense.of(16).activation(RELU).kernelRegularizer(L2.of(1e-3)),
          Dense.of(3).activation(SOFTMAX));

  private static Model compiled(Network network) {
    return network.compile(Adam.of(3e-3), SparseCategoricalCrossentropy.of());
  }

  @Test
  void isAStepOfFit() {
    DataSet data = Synthetic.spirals(70, 1);
    try (Model fitted = compiled(PERCEPTRON);
        Model stepped = compiled(PERCEPTRON);
        Scope scope = Scope.open("loop")) {
      fitted.fit(data, Fit.epochs(3).batch(32).shuffle(false));
      double last = Double.NaN;
      for (int epoch = 0; epoch < 3; epoch++) {
        try (Batches batches = new Batches(data, 32, scope)) {
          for (long index = 0; index < batches.count(); index++) {
            batches.read(index);
            try (Scope step = scope.child("step")) {
              last =
                  stepped.trainOnBatch(batches.features(index, step), batches.labels(index, step));
            }
          }
        }
      }
      assertTrue(last > 0, "loss " + last);
      for (int i = 0; i < fitted.parameters().size(); i++) {
        assertArrayEquals(
            fitted.parameters().get(i).tensor().toFloats(),
            stepped.parameters().get(i).tensor().toFloats());
      }
    }
  }

  @Test
  void everyStepDropsOtherUnits() {
    Network network = Sequential.of(Input.of(2), Dropout.of(0.5), Dense.of(3).activation(SOFTMAX));
    double[] first = new double[2];
    for (int run = 0; run < 2; run++) {
      try (Model model = network.compile(Adam.of(1e-30), SparseCategoricalCrossentropy.of());
          Scope scope = Scope.open("loop")) {
        Tensor x = scope.uniform(Shape.of(64, 2));
        Tensor labels = scope.zeros(DType.I32, Shape.of(64));
        first[run] = model.trainOnBatch(x, labels);
        assertNotEquals(first[run], model.trainOnBatch(x, labels));
      }
    }
    assertEquals(first[0], first[1]);
  }

  @Test
  void refusesWhatFitsNeitherModelNorLoss() {
    try (Model model = compiled(PERCEPTRON);
        Model raw = PERCEPTRON.build();
        Scope scope = Scope.open("loop")) {
      float[] before = model.parameters().getFirst().tensor().toFloats();
      Tensor x = scope.uniform(Shape.of(4, 2));
      Tensor labels = scope.zeros(DType.I32, Shape.of(4));
      assertEquals(
          "trainOnBatch: f32 [4, 3] is no batch of samples: f32 [2] behind the batch axis expected",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> model.trainOnBatch(scope.uniform(Shape.of(4, 3)), labels))
              .getMessage());
      assertThrows(
          IllegalArgumentException.class,
          () -> model.trainOnBatch(x, scope.full(DType.I32, Shape.of(4), 7)));
      assertThrows(
          IllegalArgumentException.class,
          () -> model.trainOnBatch(x, scope.zeros(DType.I32, Shape.of(5))));
      assertThrows(IllegalStateException.class, () -> raw.trainOnBatch(x, labels));
      assertArrayEquals(before, model.parameters().getFirst().tensor().toFloats());
    }
  }
}
