package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SIGMOID;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static dev.lanewise.nn.layer.Activation.TANH;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.data.Batches;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.AveragePooling2D;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.MaxPooling2D;
import dev.lanewise.nn.layer.Padding;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.nn.optimizer.SGD;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.GradCheck;
import dev.lanewise.tensor.graph.CompiledModel;
import dev.lanewise.tensor.graph.Session;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ModelTest {
  private static final Network SPIRALS =
      Sequential.of(
          Input.of(2),
          Dense.of(32).activation(RELU),
          Dense.of(32).activation(RELU),
          Dense.of(3).activation(SOFTMAX));

  private static Model spirals() {
    return SPIRALS.compile(Adam.of(1e-2), SparseCategoricalCrossentropy.of(), Accuracy.of());
  }

  @Test
  void aPerceptronLearnsSpirals() {
    DataSet test = Synthetic.spirals(300, 2);
    try (Model model = spirals()) {
      History history = model.fit(Synthetic.spirals(900, 1), Fit.epochs(30).validation(test));
      Scores scores = model.evaluate(test);
      assertTrue(scores.value("accuracy") >= 0.96, scores.toString());
      assertEquals(scores, history.last().validation().orElseThrow());
      assertEquals(scores.loss(), history.of("val_loss")[29]);
      assertTrue(history.of("loss")[29] < 0.2 * history.of("loss")[0]);
    }
  }

  @Test
  void aConvolutionalNetworkLearnsBars() {
    DataSet test = Synthetic.bars(200, 12, 2);
    try (Model model =
        Sequential.of(
                Input.of(12, 12, 1),
                Conv2D.of(8, 3).activation(RELU),
                MaxPooling2D.of(2),
                Conv2D.of(16, 3).activation(RELU),
                MaxPooling2D.of(2),
                Flatten.of(),
                Dense.of(4).activation(SOFTMAX))
            .compile(Adam.of(3e-3), SparseCategoricalCrossentropy.of(), Accuracy.of())) {
      model.fit(Synthetic.bars(800, 12, 1), Fit.epochs(6));
      Scores scores = model.evaluate(test);
      assertTrue(scores.value("accuracy") >= 0.96, scores.toString());
    }
  }

  @Test
  void yesOrNoIsLearntFromOneColumn() {
    float[][] points = new float[256][2];
    float[][] targets = new float[256][1];
    Philox stream = new Philox(1, 1);
    for (int i = 0; i < points.length; i++) {
      points[i][0] = (float) stream.normal(2L * i);
      points[i][1] = (float) stream.normal(2L * i + 1);
      targets[i][0] = points[i][0] > points[i][1] ? 1 : 0;
    }
    try (Model model =
        Sequential.of(Input.of(2), Dense.of(1).activation(SIGMOID))
            .compile(SGD.of(0.5).momentum(0.9), BinaryCrossentropy.of(), Accuracy.of())) {
      model.fit(DataSet.of(points, targets), Fit.epochs(10));
      assertTrue(model.evaluate(DataSet.of(points, targets)).value("accuracy") >= 0.97);
    }
  }

  @Test
  void aLineIsLearntInDoublePrecision() {
    try (Scope scope = Scope.open("test");
        Model model =
            Sequential.of(Input.of(1), Dense.of(1))
                .dtype(DType.F64)
                .compile(SGD.of(0.1), MeanSquaredError.of())) {
      Tensor x = scope.normal(DType.F64, Shape.of(64, 1));
      model.fit(DataSet.of(x, x.mul(3).sub(1)), Fit.epochs(200));
      assertEquals(3, model.parameter("dense.kernel").tensor().value(), 1e-9);
      assertEquals(-1, model.parameter("dense.bias").tensor().value(), 1e-9);
    }
  }

  @Test
  void evaluationAgreesWithPrediction() {
    DataSet test = Synthetic.spirals(75, 2);
    try (Scope scope = Scope.open("test");
        Model model = spirals()) {
      Scores scores = model.evaluate(test);
      Batches batches = new Batches(test, 75, scope);
      batches.read(0);
      Tensor p = model.predict(batches.features(0, scope));
      Tensor labels = batches.labels(0, scope);
      double loss = 0;
      int right = 0;
      for (int i = 0; i < 75; i++) {
        loss -= Math.log(p.value(i, labels.longValue(i))) / 75;
        right += p.argmax(-1).longValue(i) == labels.longValue(i) ? 1 : 0;
      }
      assertEquals(loss, scores.loss(), 1e-5);
      assertEquals(right / 75.0, scores.value("accuracy"));
      assertEquals(75, scores.samples());
      assertEquals(
          "scores: no 'recall' among [loss, accuracy]",
          assertThrows(IllegalArgumentException.class, () -> scores.value("recall")).getMessage());
    }
  }

  @Test
  void anyNumberOfSamplesIsPredicted() {
    try (Scope scope = Scope.open("test");
        Model model = spirals()) {
      for (int count : new int[] {0, 1, 7, 32, 75}) {
        Tensor x = scope.normal(Shape.of(count, 2));
        Tensor p = model.predict(x);
        assertEquals(Shape.of(count, 3), p.shape());
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
          rows[i] = Arrays.copyOfRange(x.toFloats(), 2 * i, 2 * i + 2);
        }
        float[][] found = model.predict(rows);
        for (int i = 0; i < count; i++) {
          assertArrayEquals(Arrays.copyOfRange(p.toFloats(), 3 * i, 3 * i + 3), found[i]);
        }
        try (Scope step = model.scope().child("eager")) {
          assertArrayEquals(model.call(x.in(step)).toFloats(), p.toFloats(), 1e-6f);
        }
      }
    }
  }

  @Test
  void predictionsFollowTheWeights() {
    float[][] sample = {{0.3f, -0.7f}};
    try (Model model = spirals()) {
      float[] before = model.predict(sample)[0];
      assertArrayEquals(before, model.predict(sample)[0]);
      model.fit(Synthetic.spirals(32, 1), Fit.epochs(1));
      float[] trained = model.predict(sample)[0];
      assertFalse(Arrays.equals(before, trained));
      Parameter bias = model.parameter("dense_2.bias");
      bias.tensor().copyFrom(50f, 0f, 0f);
      bias.changed();
      assertEquals(1, model.predict(sample)[0][0], 1e-6);
    }
  }

  @Test
  void aCompiledModelIsIndependentAndShared() throws InterruptedException {
    float[] sample = {0.3f, -0.7f};
    try (Model model = spirals()) {
      float[] expected = model.predict(new float[][] {sample})[0];
      try (CompiledModel compiled = model.compiled(1)) {
        model.fit(Synthetic.spirals(32, 1), Fit.epochs(1));
        float[][] found = new float[3][3];
        Thread[] threads = new Thread[found.length];
        for (int i = 0; i < threads.length; i++) {
          int number = i;
          threads[i] =
              new Thread(
                  () -> {
                    try (Session session = compiled.session()) {
                      session.input(0).copyFrom(sample);
                      session.run();
                      session.output(0).copyTo(found[number]);
                    }
                  });
          threads[i].start();
        }
        for (int i = 0; i < threads.length; i++) {
          threads[i].join();
          assertArrayEquals(expected, found[i]);
        }
      }
    }
  }

  @Test
  void gradientsReachEveryWeightAndAreTheSlopes() {
    Network network =
        Sequential.of(
                Input.of(5, 4, 2),
                Conv2D.of(3, 3).padding(Padding.SAME).activation(TANH),
                MaxPooling2D.of(2).padding(Padding.SAME),
                Conv2D.of(2, 2).activation(SIGMOID),
                AveragePooling2D.of(2, 1),
                Flatten.of(),
                Dense.of(4).activation(TANH),
                Dense.of(3).activation(SOFTMAX))
            .dtype(DType.F64);
    Loss loss = SparseCategoricalCrossentropy.of();
    try (Model model = network.build();
        Scope scope = model.scope().child("test")) {
      Tensor x = scope.normal(DType.F64, Shape.of(2, 5, 4, 2)).tracked();
      Tensor labels = scope.tensor(Shape.of(2), 2, 0);
      Tensor[] leaves = new Tensor[model.parameters().size() + 1];
      leaves[0] = x;
      for (int i = 1; i < leaves.length; i++) {
        leaves[i] = model.parameters().get(i - 1).tensor();
      }
      GradCheck.of(_ -> loss.apply(labels, model.call(x))).check(leaves);
      Gradients gradients = Gradients.of(loss.apply(labels, model.call(x)));
      for (Tensor leaf : leaves) {
        assertTrue(gradients.get(leaf).square().max().value() > 0, leaf.spec().toString());
      }
    }
  }

  @Test
  void anOpenLoopTrains() {
    Loss loss = SparseCategoricalCrossentropy.of();
    Philox stream = new Philox(1, 1);
    try (Model model = SPIRALS.build();
        Scope scope = model.scope().child("loop")) {
      Descent descent = Adam.of(1e-2).on(model.parameters(), scope);
      Batches batches = new Batches(Synthetic.spirals(96, 1), 32, scope);
      double first = 0;
      double last = 0;
      for (int i = 0; i < 60; i++) {
        batches.read(i % 3);
        try (Scope step = scope.child("step")) {
          Tensor prediction =
              model.call(batches.features(i % 3, step), Pass.training(stream.substream(i)));
          Tensor value = loss.apply(batches.labels(i % 3, step), prediction);
          descent.step(Gradients.of(value));
          first = i == 0 ? value.value() : first;
          last = value.value();
        }
      }
      assertTrue(last < 0.7 * first, first + " to " + last);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    DataSet data = Synthetic.spirals(10, 1);
    try (Scope scope = Scope.open("test");
        Model plain = SPIRALS.build();
        Model model = spirals()) {
      assertEquals(
          "fit: model 'sequential' has no optimizer and loss: compile it first",
          assertThrows(IllegalStateException.class, () -> plain.fit(data, Fit.epochs(1)))
              .getMessage());
      assertEquals(
          "evaluate: model 'sequential' has no optimizer and loss: compile it first",
          assertThrows(IllegalStateException.class, () -> plain.evaluate(data)).getMessage());
      assertEquals(
          "fit: the data set is empty", error(() -> model.fit(data.slice(3, 3), Fit.epochs(1))));
      DataSet wide = DataSet.of(new float[][] {{1, 2, 3}}, 0);
      assertEquals(
          "fit: samples of f32 [3] do not fit: model 'sequential' takes f32 [2]",
          error(() -> model.fit(wide, Fit.epochs(1))));
      assertEquals(
          "fit: samples of f32 [3] do not fit: model 'sequential' takes f32 [2]",
          error(() -> model.fit(data, Fit.epochs(1).validation(wide))));
      assertEquals(
          "evaluate: samples of f32 [3] do not fit: model 'sequential' takes f32 [2]",
          error(() -> model.evaluate(wide)));
      assertEquals(
          "predict: f32 [2] is no batch of samples: f32 [2] behind the batch axis expected",
          error(() -> model.predict(scope.zeros(DType.F32, Shape.of(2)))));
      assertEquals(
          "call: f64 [1, 2] is no batch of samples: f32 [2] behind the batch axis expected",
          error(() -> model.call(scope.zeros(DType.F64, Shape.of(1, 2)))));
      assertEquals(
          "predict: sample 1 has 1 values: samples of f32 [2] expected",
          error(() -> model.predict(new float[][] {{1, 2}, {3}})));
      DataSet wrong = DataSet.of(new float[][] {{1, 2}, {3, 4}, {5, 6}}, 0, 1, 3);
      assertEquals(
          "sparseCategoricalCrossentropy: label 3 of sample 2 is none of 3 classes: labels [3] x"
              + " prediction [3, 3]",
          error(() -> model.fit(wrong, Fit.epochs(1))));
      assertEquals("fit: epochs 0, batch 32: both at least one", error(() -> Fit.epochs(0)));
    }
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }
}
