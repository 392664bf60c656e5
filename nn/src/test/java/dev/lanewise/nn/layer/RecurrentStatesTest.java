package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.L2;
import dev.lanewise.nn.weight.MaxNorm;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** States that recurrent layers are given and give. */
class RecurrentStatesTest {
  private static final List<RecurrentLayer<?>> LAYERS =
      List.of(
          LSTM.of(4),
          LSTM.of(4).activation(Activation.SOFTSIGN),
          GRU.of(4),
          GRU.of(4).resetAfter(false),
          SimpleRNN.of(4),
          SimpleRNN.of(4).activation(Activation.SIGMOID));

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Weights fresh() {
    return Weights.random(scope, DType.F64, 1);
  }

  private Tensor normal(long... extents) {
    return scope.normal(DType.F64, Shape.of(extents));
  }

  private List<Tensor> call(Layer layer, Tensor... inputs) {
    return call(layer, Pass.inference(), inputs);
  }

  private List<Tensor> call(Layer layer, Pass pass, Tensor... inputs) {
    List<Shape> shapes = Arrays.stream(inputs).map(x -> x.shape().without(0)).toList();
    Block block = layer.build(fresh(), shapes);
    List<Tensor> outputs = block.call(List.of(inputs), pass);
    assertEquals(block.outputs(), outputs.stream().map(y -> y.shape().without(0)).toList());
    return outputs;
  }

  private static void assertSame(Tensor expected, Tensor found) {
    assertArrayEquals(expected.toDoubles(), found.toDoubles(), 1e-12);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static Initializer values(double... values) {
    return (target, _) -> target.copyFrom(values);
  }

  @Test
  void theLastStatesAreOutputs() {
    Tensor x = normal(3, 5, 2);
    for (RecurrentLayer<?> layer : LAYERS) {
      for (boolean backwards : new boolean[] {false, true}) {
        RecurrentLayer<?> returning = layer.goBackwards(backwards).returnState(true);
        List<Tensor> last = call(returning, x);
        List<Tensor> all = call(returning.returnSequences(true), x);
        assertEquals(1 + layer.states(), all.size());
        assertSame(last.get(0), last.get(1));
        assertSame(all.getFirst().slice(1, 4, 5).reshape(3, 4), all.get(1));
        assertSame(last.getLast(), all.getLast());
      }
    }
  }

  /** A sequence in one piece, and in two where the second begins as the first ended. */
  @Test
  void aSequenceGoesOnFromGivenStates() {
    Tensor x = normal(3, 5, 2);
    for (RecurrentLayer<?> layer : LAYERS) {
      RecurrentLayer<?> returning = layer.returnState(true).returnSequences(true);
      List<Tensor> whole = call(returning, x);
      List<Tensor> head = call(returning, x.slice(1, 0, 2));
      Tensor[] rest = new Tensor[1 + layer.states()];
      rest[0] = x.slice(1, 2, 5);
      for (int i = 1; i < rest.length; i++) {
        rest[i] = head.get(i);
      }
      List<Tensor> tail = call(returning, rest);
      assertSame(whole.getFirst().slice(1, 0, 2), head.getFirst());
      assertSame(whole.getFirst().slice(1, 2, 5), tail.getFirst());
      for (int i = 1; i < rest.length; i++) {
        assertSame(whole.get(i), tail.get(i));
      }
    }
  }

  @Test
  void anEncoderHandsItsStatesToADecoder() {
    Node source = Input.of(4, 2).node();
    Node target = Input.of(3, 2).node();
    Node encoded = LSTM.of(5).returnState(true).on(source);
    Node decoded =
        LSTM.of(5).returnSequences(true).on(target, encoded.output(1), encoded.output(2));
    try (Model model = Network.of(List.of(source, target), List.of(decoded)).build()) {
      Tensor x = model.scope().normal(Shape.of(2, 4, 2));
      Tensor y = model.scope().normal(Shape.of(2, 3, 2));
      float[] found = model.call(List.of(x, y), Pass.inference()).getFirst().toFloats();
      float[] other = model.call(List.of(x.neg(), y), Pass.inference()).getFirst().toFloats();
      assertEquals(2 * 3 * 5, found.length);
      assertFalse(Arrays.equals(found, other));
    }
  }

  @Test
  void bothDirectionsTakeAndGiveStates() {
    Tensor x = normal(3, 5, 2);
    Tensor[] states = {normal(3, 4), normal(3, 4), normal(3, 4)};
    LSTM forward = LSTM.of(4).returnState(true);
    GRU backward = GRU.of(4).returnState(true).goBackwards(true);
    Bidirectional both = Bidirectional.of(forward).backward(backward);
    List<Tensor> found = call(both, x, states[0], states[1], states[2]);
    Weights weights = fresh();
    List<Shape> shapes = List.of(Shape.of(5, 2), Shape.of(4), Shape.of(4));
    List<Tensor> ahead =
        forward
            .build(weights.in("forward_layer"), shapes)
            .call(List.of(x, states[0], states[1]), Pass.inference());
    List<Tensor> back =
        backward
            .build(weights.in("backward_layer"), shapes.subList(0, 2))
            .call(List.of(x, states[2]), Pass.inference());
    assertEquals(4, found.size());
    List<Tensor> apart =
        call(both.merge(Bidirectional.Merge.NONE), x, states[0], states[1], states[2]);
    assertEquals(5, apart.size());
    assertSame(back.getFirst(), apart.get(1));
    assertSame(back.get(1), apart.getLast());
    assertSame(ahead.getFirst(), found.getFirst().slice(1, 0, 4));
    assertSame(back.getFirst(), found.getFirst().slice(1, 4, 8));
    assertSame(ahead.get(1), found.get(1));
    assertSame(ahead.get(2), found.get(2));
    assertSame(back.get(1), found.get(3));
  }

  @Test
  void aGruMayResetBeforeTheProduct() {
    GRU layer =
        GRU.of(2)
            .resetAfter(false)
            .kernel(values(0.1, 0.2, -0.2, -0.1, 0.3, 0.5))
            .recurrentKernel(values(1, -1, 2, 0.5, -1, 0.7, 0.3, 0.6, -0.4, 1.2, 0.8, -0.9))
            .bias(values(0.5, 0.1, 0, 0.3, 0.2, -0.6));
    Tensor x = scope.tensor(Shape.of(1, 1, 1), 2.0);
    Tensor before = scope.tensor(Shape.of(1, 2), 0.4, -0.7);
    double zero = sigmoid(0.2 + 0.5 + 0.4 - 0.7 * 0.3);
    double one = sigmoid(0.4 + 0.1 - 0.4 - 0.7 * 0.6);
    double r0 = 0.4 * sigmoid(-0.4 + 0.8 + 0.7 * 0.4);
    double r1 = -0.7 * sigmoid(-0.2 + 0.3 + 0.2 - 0.7 * 1.2);
    double first = Math.tanh(0.6 + 0.2 - r0 + 0.8 * r1);
    double second = Math.tanh(1 - 0.6 + 0.7 * r0 - 0.9 * r1);
    assertArrayEquals(
        new double[] {zero * 0.4 + (1 - zero) * first, one * -0.7 + (1 - one) * second},
        call(layer, x, before).getFirst().toDoubles(),
        1e-12);
  }

  /** What training hides of the state it hides in all steps, from products only. */
  @Test
  void recurrentDropoutHidesTheSameStatesInAllSteps() {
    SimpleRNN layer =
        SimpleRNN.of(1)
            .recurrentDropout(0.5)
            .activation(Activation.LINEAR)
            .returnSequences(true)
            .kernel(Initializer.ONES)
            .recurrentKernel(Initializer.ONES);
    Tensor x = scope.full(DType.F64, Shape.of(40, 3, 1), 1);
    Block block = layer.build(fresh(), Shape.of(3, 1));
    double[] trained = block.call(x, Pass.training(new Philox(1, 1))).toDoubles();
    int hidden = 0;
    for (int sample = 0; sample < 40; sample++) {
      boolean hides = trained[3 * sample + 1] == 1;
      hidden += hides ? 1 : 0;
      double[] expected = hides ? new double[] {1, 1, 1} : new double[] {1, 3, 7};
      assertArrayEquals(expected, Arrays.copyOfRange(trained, 3 * sample, 3 * sample + 3));
    }
    assertEquals(20, hidden, 10);
    assertEquals(3, block.call(x, Pass.inference()).value(0, 2, 0));
  }

  /** The update gate of a GRU carries all of the state on, also what products do not see. */
  @Test
  void recurrentDropoutLeavesWhatAGateCarriesOn() {
    GRU layer =
        GRU.of(3)
            .recurrentDropout(0.5)
            .kernel(Initializer.ZEROS)
            .recurrentKernel(Initializer.ZEROS);
    Tensor before = normal(2, 3);
    Pass pass = Pass.training(new Philox(1, 1));
    assertSame(before.mul(0.5), call(layer, pass, normal(2, 1, 2), before).getFirst());
  }

  @Test
  void allWeightsHavePricesAndConstraints() {
    Weights weights = fresh();
    LSTM.of(2)
        .kernelRegularizer(L2.of(1))
        .recurrentRegularizer(L2.of(2))
        .biasRegularizer(L2.of(3))
        .kernelConstraint(MaxNorm.of(4))
        .recurrentConstraint(MaxNorm.of(5))
        .biasConstraint(MaxNorm.of(6))
        .build(weights, Shape.of(3, 2));
    assertEquals(
        List.of(L2.of(1), L2.of(2), L2.of(3)),
        weights.parameters().stream().map(p -> p.regularizer().orElseThrow()).toList());
    assertEquals(
        List.of(MaxNorm.of(4), MaxNorm.of(5), MaxNorm.of(6)),
        weights.parameters().stream().map(p -> p.constraint().orElseThrow()).toList());
    Parameter bias = weights.parameters().getLast();
    assertArrayEquals(new double[] {0, 0, 1, 1, 0, 0, 0, 0}, bias.tensor().toDoubles());
  }

  @Test
  void statesThatDoNotFitAreRefused() {
    Shape sequence = Shape.of(5, 2);
    Shape state = Shape.of(4);
    assertEquals(
        "lstm: behind the sequences, nothing or 2 first states of [4] expected: input [5, 2] x [4]",
        Built.error(LSTM.of(4), sequence, state));
    assertEquals(
        "gru: behind the sequences, nothing or 1 first state of [3] expected: input [5, 2] x [4]",
        Built.error(GRU.of(3), sequence, state));
    assertEquals(
        "bidirectional: sequences, and nothing or 3 first states, expected: input [5, 2] x [4]",
        Built.error(
            Bidirectional.of(GRU.of(4)).backward(LSTM.of(4).goBackwards(true)), sequence, state));
    assertEquals(
        "simpleRNN: sequences [t, in] of one step or more expected: input ",
        Built.error(SimpleRNN.of(4)));
    assertEquals(
        "lstm: a recurrent dropout from 0 below 1, not -0.1",
        Built.error(() -> LSTM.of(4).recurrentDropout(-0.1)));
    assertEquals(
        "bidirectional: the layers differ: returnState(true) x returnState(false)",
        Built.error(
            () ->
                Bidirectional.of(LSTM.of(4).returnState(true))
                    .backward(LSTM.of(4).goBackwards(true))));
    assertTrue(LSTM.of(4).equals(LSTM.of(4)) && !LSTM.of(4).equals(LSTM.of(4).returnState(true)));
  }
}
