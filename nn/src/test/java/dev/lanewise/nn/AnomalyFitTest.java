package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Dropout;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Node;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.SGD;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.AnomalyException;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnomalyFitTest {
  private static final Activation LOG = Tensor::log;
  private static final Activation ROOT = Tensor::sqrt;

  private static final DataSet POINTS =
      DataSet.of(new float[][] {{-1, 2}, {3, 1}}, new float[][] {{0}, {1}});

  private static String anomaly(Network network, DataSet data) {
    try (Model model = network.compile(SGD.of(0.1), MeanSquaredError.of())) {
      Fit plan = Fit.epochs(1).shuffle(false);
      assertTrue(
          Double.isNaN(model.fit(data, plan).last().training().loss()), "unnoticed when off");
    }
    try (Model model = network.compile(SGD.of(0.1), MeanSquaredError.of())) {
      Fit plan = Fit.epochs(1).shuffle(false).detectAnomaly(true);
      return assertThrows(AnomalyException.class, () -> model.fit(data, plan)).getMessage();
    }
  }

  @Test
  void namesTheLayerOfTheFirstNaN() {
    Network network = Sequential.of(Input.of(2), LOG.named("logarithm"), Dense.of(4), Dense.of(1));
    assertEquals(
        "log: the output has 1 NaN of 4 values in layer 'logarithm': [2, 2] (min -1, max 3, mean"
            + " 1.25, 0 NaN, 0 infinite)",
        anomaly(network, POINTS));
  }

  @Test
  void namesTheLayerWhoseDataAreNaN() {
    DataSet broken = DataSet.of(new float[][] {{Float.NaN, 2}, {3, 1}}, new float[][] {{0}, {1}});
    String said = anomaly(Sequential.of(Input.of(2), Dense.of(3), Dense.of(1)), broken);
    assertTrue(
        said.startsWith(
            "matMulBias: the output has 3 NaN of 6 values in layer 'dense': [2, 2] (min 1, max 3,"
                + " mean 2, 1 NaN, 0 infinite) x [2, 3]"),
        said);
  }

  /**
   * Of a root at zero only the slope is infinite; the weights before it become NaN a step later.
   */
  @Test
  void namesTheLayerWhoseGradientIsInfinite() {
    Node x = Input.of(1).node();
    Network inner = Network.of(x, ROOT.named("root").on(x));
    Node y = Input.of(1).node();
    Network outer =
        Network.of(y, inner.named("block").on(Dense.of(1).useBias(false).named("first").on(y)));
    DataSet zero = DataSet.of(new float[][] {{0}}, new float[][] {{1}});
    try (Model model = outer.compile(SGD.of(0.1), MeanSquaredError.of())) {
      model.fit(zero, Fit.epochs(1));
      assertTrue(Double.isNaN(model.parameter("first.kernel").tensor().value()));
    }
    try (Model model = outer.compile(SGD.of(0.1), MeanSquaredError.of())) {
      Fit plan = Fit.epochs(1).detectAnomaly(true);
      assertEquals(
          "sqrt: the gradient of input 0 has 1 infinite of 1 values in layer 'block.root': [1, 1]"
              + " (min 0, max 0, mean 0, 0 NaN, 0 infinite), gradients [1, 1] (min -2, max -2, mean"
              + " -2, 0 NaN, 0 infinite)",
          assertThrows(AnomalyException.class, () -> model.fit(zero, plan)).getMessage());
      assertFalse(Double.isNaN(model.parameter("first.kernel").tensor().value()), "not changed");
    }
  }

  @Test
  void theValidationSetIsLookedAtToo() {
    Network network = Sequential.of(Input.of(1), LOG, Dense.of(1));
    DataSet good = DataSet.of(new float[][] {{1}}, new float[][] {{1}});
    DataSet bad = DataSet.of(new float[][] {{-1}}, new float[][] {{1}});
    try (Model model = network.compile(SGD.of(0.1), MeanSquaredError.of())) {
      Fit plan = Fit.epochs(1).validation(bad).detectAnomaly(true);
      String said = assertThrows(AnomalyException.class, () -> model.fit(good, plan)).getMessage();
      assertTrue(said.contains("in layer 'activation'"), said);
      assertNull(model.scope().anomalyWatch(), "off after the run");
    }
  }

  @Test
  void anOpenLoopDetectsInItsOwnScope() {
    Network network = Sequential.of(Input.of(1), Dense.of(1).named("line"), LOG.named("end"));
    try (Model model = network.build();
        Scope scope = Scope.open("loop").detectAnomaly(true)) {
      model.parameter("line.kernel").assign(scope.full(model.dtype(), Shape.of(1, 1), 1));
      Tensor x = scope.tensor(Shape.of(2, 1), 1f, 2f);
      Gradients gradients = Gradients.of(model.call(x).sum());
      assertEquals(2, gradients.get(model.parameter("line.kernel").tensor()).value());
      String said = assertThrows(AnomalyException.class, () -> model.call(x.neg())).getMessage();
      assertTrue(said.startsWith("log: the output has 2 NaN of 2 values in layer 'end'"), said);
    }
  }

  private static List<float[]> trained(boolean detect) {
    Network network =
        Sequential.of(
            Input.of(2),
            Dense.of(16).activation(RELU),
            Dropout.of(0.2),
            Dense.of(3).activation(SOFTMAX));
    try (Model model =
        network.compile(Adam.of(3e-3), SparseCategoricalCrossentropy.of(), Accuracy.of())) {
      DataSet spirals = Synthetic.spirals(300, 1);
      model.fit(spirals, Fit.epochs(2).validationSplit(0.2).detectAnomaly(detect));
      return model.parameters().stream().map(Parameter::tensor).map(Tensor::toFloats).toList();
    }
  }

  @Test
  void trainsToTheSameBits() {
    List<float[]> plain = trained(false);
    List<float[]> watched = trained(true);
    for (int i = 0; i < plain.size(); i++) {
      assertArrayEquals(plain.get(i), watched.get(i));
    }
  }

  @Test
  void aTapSeesTheLayersOfNestedNetworksAndReplacesOutputs() {
    Node x = Input.of(2).node();
    Network inner = Network.of(x, Dense.of(3).on(x)).named("encoder");
    Node y = Input.of(2).node();
    Network outer = Network.of(y, Dense.of(1).useBias(false).on(inner.on(y)));
    try (Model model = outer.build();
        Scope scope = Scope.open("tap")) {
      Tensor ones = scope.tensor(Shape.of(1, 2), 1f, 1f);
      List<String> seen = new ArrayList<>();
      Pass pass =
          Pass.inference()
              .tapped(
                  (layer, output, value) -> {
                    seen.add(layer + " " + output + " " + value.shape());
                    return layer.equals("encoder") ? value.mul(0) : value;
                  });
      assertEquals(0, model.call(ones, pass).value());
      assertEquals(List.of("encoder.dense 0 [1, 3]", "encoder 0 [1, 3]", "dense 0 [1, 1]"), seen);
      assertNull(pass.layer());
      assertEquals(
          "tap: output 0 of layer 'encoder.dense' replaced by one of another type or shape: f32 [1,"
              + " 3] x f32 []",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> model.call(ones, Pass.inference().tapped((l, o, value) -> value.sum())))
              .getMessage());
    }
  }
}
