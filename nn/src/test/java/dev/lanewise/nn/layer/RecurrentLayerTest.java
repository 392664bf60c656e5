package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.GradCheck;
import dev.lanewise.tensor.op.Slice;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecurrentLayerTest {
  /** Functions equal to the default activations that the layers do not know for them. */
  private static final Activation TANH = x -> x.tanh();

  private static final Activation SIGMOID = x -> x.sigmoid();

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Weights fresh() {
    return Weights.random(scope, DType.F64, 1);
  }

  private Tensor call(Layer layer, Tensor x) {
    return layer.build(fresh(), x.shape().without(0)).call(x, Pass.inference());
  }

  private Tensor normal(long... extents) {
    return scope.normal(DType.F64, Shape.of(extents));
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }

  private static Initializer values(double... values) {
    return (target, _) -> target.copyFrom(values);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void anLstmStartsFromZeros() {
    LSTM layer =
        LSTM.of(1).kernel(values(0.1, -0.2, 0.3, 0.4)).recurrentKernel(values(1, 2, -1, 0.5));
    Tensor x = scope.tensor(Shape.of(1, 2, 1), 2.0, -1.0);
    // The bias is one for the forget gate.
    double c = sigmoid(0.2) * Math.tanh(0.6);
    double h = sigmoid(0.8) * Math.tanh(c);
    double next = sigmoid(0.2 + 2 * h + 1) * c + sigmoid(-0.1 + h) * Math.tanh(-0.3 - h);
    double last = sigmoid(-0.4 + 0.5 * h) * Math.tanh(next);
    assertArrayEquals(new double[] {last}, call(layer, x).toDoubles(), 1e-12);
    Tensor all = call(layer.returnSequences(true), x);
    assertEquals(Shape.of(1, 2, 1), all.shape());
    assertArrayEquals(new double[] {h, last}, all.toDoubles(), 1e-12);
  }

  @Test
  void aGruStartsFromZeros() {
    GRU layer =
        GRU.of(1)
            .kernel(values(0.1, -0.2, 0.3))
            .recurrentKernel(values(1, 2, -1))
            .bias(values(0.5, 0, 0.2, 0, 0.25, 3));
    Tensor x = scope.tensor(Shape.of(1, 2, 1), 2.0, -1.0);
    double h = (1 - sigmoid(0.7)) * Math.tanh(0.8 + 3 * sigmoid(-0.15));
    double z = sigmoid(0.4 + h);
    double r = sigmoid(0.2 + 2 * h + 0.25);
    double last = z * h + (1 - z) * Math.tanh(-0.1 + r * (3 - h));
    Tensor all = call(layer.returnSequences(true), x);
    assertArrayEquals(new double[] {h, last}, all.toDoubles(), 1e-12);
    assertArrayEquals(new double[] {last}, call(layer, x).toDoubles(), 1e-12);
  }

  @Test
  void aPlainRecurrentNetworkStartsFromZeros() {
    SimpleRNN layer =
        SimpleRNN.of(1).kernel(values(2)).recurrentKernel(values(0.5)).bias(values(1));
    Tensor x = scope.tensor(Shape.of(1, 2, 1), 1.0, -2.0);
    double h = Math.tanh(3);
    assertArrayEquals(
        new double[] {h, Math.tanh(-3 + h / 2)},
        call(layer.returnSequences(true), x).toDoubles(),
        1e-12);
    assertArrayEquals(
        new double[] {3, 0},
        call(layer.returnSequences(true).activation(Activation.RELU), x).toDoubles());
    assertArrayEquals(
        new double[] {-1.5}, call(layer.activation(Activation.LINEAR), x).toDoubles());
  }

  @Test
  void weightsHaveKerasNamesShapesAndValues() {
    Weights weights = fresh();
    assertEquals(Shape.of(5), LSTM.of(5).build(weights.in("a"), Shape.of(7, 3)).output());
    assertEquals(
        Shape.of(7, 4),
        GRU.of(4).returnSequences(true).build(weights.in("b"), Shape.of(7, 3)).output());
    SimpleRNN.of(2).build(weights.in("c"), Shape.of(7, 3));
    LSTM.of(2).useBias(false).build(weights.in("d"), Shape.of(7, 3));
    assertEquals(
        List.of(
            "a.kernel [3, 20]",
            "a.recurrent_kernel [5, 20]",
            "a.bias [20]",
            "b.kernel [3, 12]",
            "b.recurrent_kernel [4, 12]",
            "b.bias [2, 12]",
            "c.kernel [3, 2]",
            "c.recurrent_kernel [2, 2]",
            "c.bias [2]",
            "d.kernel [3, 8]",
            "d.recurrent_kernel [2, 8]"),
        weights.parameters().stream()
            .map(parameter -> parameter.name() + " " + parameter.tensor().shape())
            .toList());
    double[] bias = new double[20];
    Arrays.fill(bias, 5, 10, 1);
    assertArrayEquals(bias, weights.parameters().get(2).tensor().toDoubles());
    LSTM plain = LSTM.of(5).unitForgetBias(false);
    Weights others = fresh();
    plain.build(others, Shape.of(7, 3));
    assertArrayEquals(new double[20], others.parameters().get(2).tensor().toDoubles());
  }

  /** The fused operators against the same cells step by step. */
  @Test
  void otherActivationsAreComputedStepByStep() {
    Tensor x = normal(3, 5, 2);
    for (boolean backwards : new boolean[] {false, true}) {
      for (boolean bias : new boolean[] {false, true}) {
        LSTM lstm = LSTM.of(4).goBackwards(backwards).useBias(bias).bias(Initializer.ONES);
        agree(lstm, lstm.activation(TANH), x);
        agree(lstm, lstm.recurrentActivation(SIGMOID), x);
        GRU gru = GRU.of(4).goBackwards(backwards).useBias(bias).bias(Initializer.ONES);
        agree(gru, gru.activation(TANH), x);
        agree(gru, gru.recurrentActivation(SIGMOID), x);
        SimpleRNN rnn = SimpleRNN.of(4).goBackwards(backwards).useBias(bias).bias(Initializer.ONES);
        agree(rnn, rnn.activation(TANH), x);
      }
    }
    assertFalse(
        Arrays.equals(
            call(LSTM.of(4), x).toDoubles(),
            call(LSTM.of(4).activation(Activation.RELU), x).toDoubles()));
  }

  private void agree(RecurrentLayer<?> one, RecurrentLayer<?> other, Tensor x) {
    assertArrayEquals(call(one, x).toDoubles(), call(other, x).toDoubles(), 1e-12);
    assertArrayEquals(
        call(one.returnSequences(true), x).toDoubles(),
        call(other.returnSequences(true), x).toDoubles(),
        1e-12);
  }

  @Test
  void backwardsAllStatesAreInTheOrderOfTheSteps() {
    Tensor x = normal(2, 4, 3);
    Tensor turned = Slice.reversed(1).apply(x);
    for (RecurrentLayer<?> layer :
        List.<RecurrentLayer<?>>of(LSTM.of(5), GRU.of(5), SimpleRNN.of(5))) {
      RecurrentLayer<?> all = layer.returnSequences(true);
      assertArrayEquals(
          call(all, turned).toDoubles(), call(all.goBackwards(true), x).toDoubles(), 1e-12);
      assertArrayEquals(
          call(layer, turned).toDoubles(), call(layer.goBackwards(true), x).toDoubles(), 1e-12);
    }
  }

  @Test
  void bothDirectionsMeetInTheirPlaces() {
    Tensor x = normal(2, 4, 3);
    RecurrentLayer<?> forward = GRU.of(5).returnSequences(true);
    Bidirectional both = Bidirectional.of(forward);
    Tensor y = call(both, x);
    assertEquals(Shape.of(2, 4, 10), y.shape());
    Weights weights = fresh();
    Shape sample = Shape.of(4, 3);
    Tensor ahead = forward.build(weights.in("forward_layer"), sample).call(x, Pass.inference());
    Tensor back =
        Slice.reversed(1)
            .apply(
                forward
                    .goBackwards(true)
                    .build(weights.in("backward_layer"), sample)
                    .call(x, Pass.inference()));
    assertArrayEquals(ahead.toDoubles(), y.slice(2, 0, 5).toDoubles());
    assertArrayEquals(back.toDoubles(), y.slice(2, 5, 10).toDoubles());
    assertArrayEquals(
        ahead.add(back).toDoubles(), call(both.merge(Bidirectional.Merge.SUM), x).toDoubles());
    assertArrayEquals(
        ahead.mul(back).toDoubles(), call(both.merge(Bidirectional.Merge.MUL), x).toDoubles());
    assertArrayEquals(
        ahead.add(back).mul(0.5).toDoubles(),
        call(both.merge(Bidirectional.Merge.AVE), x).toDoubles());
    Tensor last = call(Bidirectional.of(LSTM.of(3)).backward(GRU.of(2).goBackwards(true)), x);
    assertEquals(Shape.of(2, 5), last.shape());
  }

  @Test
  void everyStepGetsTheSameLayer() {
    Tensor x = normal(2, 4, 3);
    Weights weights = fresh();
    Block block = TimeDistributed.of(Dense.of(5)).build(weights, Shape.of(4, 3));
    assertEquals(Shape.of(4, 5), block.output());
    assertEquals(
        List.of("kernel", "bias"), weights.parameters().stream().map(Parameter::name).toList());
    Tensor y = block.call(x, Pass.inference());
    assertEquals(Shape.of(2, 4, 5), y.shape());
    assertArrayEquals(call(Dense.of(5), x).toDoubles(), y.toDoubles(), 1e-12);
    Tensor frames = normal(2, 3, 4, 4, 1);
    assertEquals(
        Shape.of(2, 3, 2, 2, 1), call(TimeDistributed.of(MaxPooling2D.of(2)), frames).shape());
  }

  @Test
  void dropoutDropsTheSameInputsInAllSteps() {
    SimpleRNN layer =
        SimpleRNN.of(1)
            .dropout(0.5)
            .activation(Activation.LINEAR)
            .returnSequences(true)
            .kernel(Initializer.ONES)
            .recurrentKernel(Initializer.ZEROS);
    Tensor x = scope.full(DType.F64, Shape.of(40, 3, 1), 1);
    Block block = layer.build(fresh(), Shape.of(3, 1));
    double[] trained = block.call(x, Pass.training(new Philox(1, 1))).toDoubles();
    int dropped = 0;
    for (int sample = 0; sample < 40; sample++) {
      double first = trained[3 * sample];
      assertTrue(first == 0 || first == 2, "kept or dropped: " + first);
      assertEquals(first, trained[3 * sample + 1]);
      assertEquals(first, trained[3 * sample + 2]);
      dropped += first == 0 ? 1 : 0;
    }
    assertEquals(20, dropped, 10);
    assertEquals(1, block.call(x, Pass.inference()).value(0, 0, 0));
  }

  @Test
  void gradientsReachEveryWeightAndAreTheSlopes() {
    Shape sample = Shape.of(3, 2);
    for (Layer layer :
        List.of(
            LSTM.of(2),
            GRU.of(2).returnSequences(true).goBackwards(true),
            SimpleRNN.of(2),
            Bidirectional.of(LSTM.of(2).returnSequences(true)),
            LSTM.of(2).activation(Activation.SOFTPLUS))) {
      Weights weights = fresh();
      Block block = layer.build(weights, sample);
      Tensor[] leaves = new Tensor[weights.parameters().size() + 1];
      leaves[0] = normal(2, 3, 2).tracked();
      for (int i = 1; i < leaves.length; i++) {
        leaves[i] = weights.parameters().get(i - 1).tensor();
      }
      GradCheck.of(_ -> block.call(leaves[0], Pass.inference()).square().sum()).check(leaves);
      Gradients gradients = Gradients.of(block.call(leaves[0], Pass.inference()).square().sum());
      for (Tensor leaf : leaves) {
        assertTrue(gradients.get(leaf).square().max().value() > 0, layer + " " + leaf.spec());
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertEquals("lstm: at least one unit, not 0", error(() -> LSTM.of(0)));
    assertEquals("gru: a dropout from 0 below 1, not 1.0", error(() -> GRU.of(1).dropout(1)));
    assertEquals(
        "simpleRNN: sequences [t, in] of one step or more expected: input [3]",
        error(() -> SimpleRNN.of(1).build(fresh(), Shape.of(3))));
    assertEquals(
        "timeDistributed: sequences [t, ...] expected: input []",
        error(() -> TimeDistributed.of(Dense.of(1)).build(fresh(), Shape.scalar())));
    assertEquals(
        "bidirectional: a layer that goes forwards and one that goes backwards expected:"
            + " goBackwards(true) x goBackwards(true)",
        error(() -> Bidirectional.of(LSTM.of(1).goBackwards(true))));
    assertEquals(
        "bidirectional: SUM of 1 and 2 units",
        error(
            () ->
                Bidirectional.of(LSTM.of(1))
                    .backward(LSTM.of(2).goBackwards(true))
                    .merge(Bidirectional.Merge.SUM)));
    assertEquals(
        "bidirectional: the layers differ: returnSequences(false) x returnSequences(true)",
        error(
            () ->
                Bidirectional.of(LSTM.of(1))
                    .backward(GRU.of(1).goBackwards(true).returnSequences(true))));
  }
}
