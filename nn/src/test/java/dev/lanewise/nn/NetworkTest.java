package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.Add;
import dev.lanewise.nn.layer.BatchNormalization;
import dev.lanewise.nn.layer.Block;
import dev.lanewise.nn.layer.Concatenate;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Layer;
import dev.lanewise.nn.layer.Multiply;
import dev.lanewise.nn.layer.Node;
import dev.lanewise.nn.layer.Padding;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.optimizer.SGD;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.graph.CompiledModel;
import dev.lanewise.tensor.graph.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkTest {
  @TempDir Path directory;

  /** Sum and difference of a sample's two halves: one input, two outputs. */
  private record Halves() implements Layer {
    @Override
    public Block build(Weights weights, Shape input) {
      long half = input.extent(0) / 2;
      return Block.ofMany(
          List.of(Shape.of(half), Shape.of(half)),
          (given, _) -> {
            Tensor x = given.getFirst();
            Tensor low = x.slice(1, 0, half);
            Tensor high = x.slice(1, half, 2 * half);
            return List.of(low.add(high), low.sub(high));
          });
    }
  }

  private static Network residual() {
    Node image = Input.of(6, 6, 4).node();
    Node branch = Conv2D.of(4, 3).padding(Padding.SAME).activation(RELU).on(image);
    return Network.of(image, Add.of().on(branch, image));
  }

  @Test
  void aBranchMeetsItsOriginAgain() {
    Network plain =
        Sequential.of(Input.of(6, 6, 4), Conv2D.of(4, 3).padding(Padding.SAME).activation(RELU));
    try (Model model = residual().build();
        Model alone = plain.build();
        Scope scope = model.scope().child("test")) {
      Tensor x = scope.normal(Shape.of(2, 6, 6, 4));
      assertArrayEquals(alone.call(x).add(x).toFloats(), model.call(x).toFloats());
      assertEquals("functional", model.name());
      assertTrue(model.summary().contains(" add (Add)"), model.summary());
    }
  }

  @Test
  void severalInputsAndOutputsRunEagerlyAndCompiled() {
    Node left = Input.of(3).node();
    Node right = Input.of(2).node();
    Node joined = Concatenate.of().on(left, right);
    Node small = Dense.of(4).on(joined);
    Node sums = new Halves().on(small);
    Network network = Network.of(List.of(left, right), List.of(sums.output(1), sums, joined));
    try (Model model = network.build();
        Scope scope = model.scope().child("test")) {
      assertEquals(List.of(Shape.of(2), Shape.of(2), Shape.of(5)), model.outputs());
      Tensor a = scope.normal(Shape.of(5, 3));
      Tensor b = scope.normal(Shape.of(5, 2));
      List<Tensor> eager = model.call(List.of(a, b), Pass.inference());
      Tensor dense = eager.get(0).add(eager.get(1)).mul(0.5);
      assertEquals(5, dense.extent(0));
      try (CompiledModel compiled = model.compiled(5);
          Session session = compiled.session()) {
        session.input(0).copyFrom(a.toFloats());
        session.input(1).copyFrom(b.toFloats());
        session.run();
        for (int i = 0; i < 3; i++) {
          assertArrayEquals(eager.get(i).toFloats(), session.output(i).toFloats());
        }
      }
      assertEquals(
          "model 'functional' has 2 inputs: [f32 [3], f32 [2]]: call it with a list",
          assertThrows(IllegalStateException.class, model::input).getMessage());
      assertEquals(
          "call: 1 inputs given: [f32 [3], f32 [2]] expected",
          assertThrows(
                  IllegalArgumentException.class, () -> model.call(List.of(a), Pass.inference()))
              .getMessage());
    }
  }

  @Test
  void aSharedLayerHasOneSetOfWeights() {
    Layer tower = Dense.of(3).shared();
    Node left = Input.of(2).node();
    Node right = Input.of(2).node();
    Node product = Multiply.of().on(tower.on(left), tower.on(right));
    try (Model model = Network.of(List.of(left, right), List.of(product)).build();
        Scope scope = model.scope().child("test")) {
      assertEquals(
          List.of("dense.kernel", "dense.bias"),
          model.parameters().stream().map(Parameter::name).toList());
      Tensor x = scope.normal(Shape.of(4, 2));
      Tensor kernel = model.parameter("dense.kernel").tensor();
      Tensor expected = x.matmul(kernel.in(scope)).square();
      assertArrayEquals(
          expected.toFloats(), model.call(List.of(x, x), Pass.inference()).getFirst().toFloats());
    }
    Node wide = Input.of(5).node();
    Network uneven = Network.of(List.of(left, wide), List.of(tower.on(left), tower.on(wide)));
    assertEquals(
        "dense: shared, built before for [[2]]: input [5]",
        assertThrows(IllegalArgumentException.class, uneven::build).getMessage());
  }

  @Test
  void networksNest() throws IOException {
    Network block =
        Sequential.of(Input.of(4), Dense.of(4).activation(Activation.TANH), Dense.of(4));
    Network whole = Sequential.of(Input.of(4), block, block.named("second"), Dense.of(1));
    try (Model model = whole.build();
        Scope scope = model.scope().child("test")) {
      assertEquals(
          List.of(
              "sequential.dense.kernel",
              "sequential.dense.bias",
              "sequential.dense_1.kernel",
              "sequential.dense_1.bias",
              "second.dense.kernel",
              "second.dense.bias",
              "second.dense_1.kernel",
              "second.dense_1.bias",
              "dense.kernel",
              "dense.bias"),
          model.parameters().stream().map(Parameter::name).toList());
      Path file = directory.resolve("nested.safetensors");
      model.save(file);
      Tensor x = scope.normal(Shape.of(3, 4));
      float[] before = model.call(x).toFloats();
      try (Model read = whole.seed(9).read(file);
          Scope inner = read.scope().child("test")) {
        assertArrayEquals(before, read.call(x.copyTo(inner)).toFloats());
      }
    }
    assertEquals(
        "sequential: inputs [[4]] expected: input [5]",
        assertThrows(
                IllegalArgumentException.class, () -> Sequential.of(Input.of(5), block).build())
            .getMessage());
  }

  @Test
  void valuesOfOtherInputsAreRefused() {
    Node known = Input.of(2).node();
    Node unknown = Input.of(2).node();
    Network network = Network.of(known, Add.of().on(known, unknown));
    assertEquals(
        "network: a value depends on an input of [2] that is none of its own",
        assertThrows(IllegalArgumentException.class, network::build).getMessage());
    Network missing = Network.of(known, Dense.of(1).on(known).output(1));
    assertEquals(
        "network: no output 1 of Dense, which has 1",
        assertThrows(IllegalArgumentException.class, missing::build).getMessage());
    assertEquals(
        "network: an output of Dense is no input: Input.of(...) expected",
        assertThrows(IllegalArgumentException.class, () -> Network.of(Dense.of(1).on(known), known))
            .getMessage());
    assertEquals(
        "dense: one input expected, 2 given: input [2] x [2]",
        assertThrows(
                IllegalArgumentException.class,
                () -> Network.of(known, Dense.of(1).on(known, known)).build())
            .getMessage());
  }

  @Test
  void frozenWeightsStayAndAreCountedApart() {
    Network network = Sequential.of(Input.of(2), Dense.of(3).named("body"), Dense.of(1));
    DataSet data =
        DataSet.of(new float[][] {{1, 2}, {3, 4}, {-1, 1}}, new float[][] {{1}, {2}, {3}});
    try (Model model = network.build()) {
      model.freeze("body.", true);
      assertTrue(model.summary().contains("Non-trainable params: 9 "), model.summary());
      float[] body = model.parameter("body.kernel").tensor().toFloats();
      float[] head = model.parameter("dense.kernel").tensor().toFloats();
      model.compile(SGD.of(0.1), MeanSquaredError.of()).fit(data, Fit.epochs(1));
      assertArrayEquals(body, model.parameter("body.kernel").tensor().toFloats());
      assertTrue(
          !java.util.Arrays.equals(head, model.parameter("dense.kernel").tensor().toFloats()));
      assertEquals(
          "freeze: no weight begins with 'tail' among "
              + "[body.kernel, body.bias, dense.kernel, dense.bias]",
          assertThrows(IllegalArgumentException.class, () -> model.freeze("tail", true))
              .getMessage());
    }
  }

  @Test
  void batchNormalizationNormalisesBatchesAndRemembersThem() {
    Network network = Sequential.of(Input.of(3, 2), BatchNormalization.of().momentum(0.5));
    try (Model model = network.build();
        Scope scope = model.scope().child("test")) {
      assertTrue(model.summary().contains("Trainable params: 4 "), model.summary());
      assertTrue(model.summary().contains("Non-trainable params: 4 "), model.summary());
      Tensor x = scope.normal(Shape.of(40, 3, 2)).mul(3).add(5);
      Tensor y = model.call(x, Pass.training(new dev.lanewise.kernel.Philox(1, 1)));
      float[] mean = y.mean(0, 1).toFloats();
      float[] square = y.square().mean(0, 1).toFloats();
      float[] batchMean = x.mean(0, 1).toFloats();
      float[] moving = model.parameter("batch_normalization.moving_mean").tensor().toFloats();
      float[] variance = model.parameter("batch_normalization.moving_variance").tensor().toFloats();
      for (int c = 0; c < 2; c++) {
        assertEquals(0, mean[c], 1e-5);
        assertEquals(1, square[c], 1e-3);
        assertEquals(0.5f * batchMean[c], moving[c], 1e-5);
        double batchVariance =
            x.square().mean(0, 1).toFloats()[c] - (double) batchMean[c] * batchMean[c];
        assertEquals(0.5 + 0.5 * batchVariance, variance[c], 1e-3);
      }
      float[] inferred = model.call(x).toFloats();
      float expected = (x.toFloats()[0] - moving[0]) / (float) Math.sqrt(variance[0] + 1e-3);
      assertEquals(expected, inferred[0], 1e-5);
    }
  }

  /** The gradient of a normalised batch: it does not move with its mean, nor with its scale. */
  @Test
  void batchNormalizationHasTheGradientOfTheWholeBatch() {
    Network network = Sequential.of(Input.of(1), BatchNormalization.of());
    try (Model model = network.build();
        Scope scope = model.scope().child("test")) {
      Tensor x = scope.tensor(Shape.of(4, 1), 1f, 2, 4, 9).tracked();
      Tensor weights = scope.tensor(Shape.of(4, 1), 3f, -1, 2, 0.5f);
      Tensor y = model.call(x, Pass.training(new dev.lanewise.kernel.Philox(1, 1)));
      float[] slope = Gradients.of(y.mul(weights).sum()).get(x).toFloats();
      double sum = 0;
      double moment = 0;
      for (int i = 0; i < 4; i++) {
        sum += slope[i];
        moment += slope[i] * (x.toFloats()[i] - 4);
      }
      assertEquals(0, sum, 1e-5);
      assertEquals(0, moment, 1e-3);
      assertTrue(Math.abs(slope[0]) > 0.1, java.util.Arrays.toString(slope));
    }
  }
}
