package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.GradCheck;
import dev.lanewise.tensor.graph.CompiledModel;
import dev.lanewise.tensor.graph.Session;
import dev.lanewise.tensor.op.Concat;
import dev.lanewise.tensor.op.Slice;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MaskingTest {
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

  private Tensor bits(Shape shape, int... bits) {
    boolean[] values = new boolean[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = bits[i] == 1;
    }
    return scope.tensor(shape, values);
  }

  private List<Masked> call(Layer layer, Masked... inputs) {
    return call(layer, Pass.inference(), inputs);
  }

  private List<Masked> call(Layer layer, Pass pass, Masked... inputs) {
    List<Shape> shapes = Arrays.stream(inputs).map(x -> x.values().shape().without(0)).toList();
    return layer.build(fresh(), shapes).callMasked(List.of(inputs), pass);
  }

  private static void assertSame(Tensor expected, Tensor found) {
    assertArrayEquals(expected.toDoubles(), found.toDoubles(), 1e-12);
  }

  private static void assertBits(Tensor mask, int... expected) {
    byte[] found = mask.toBytes();
    int[] bits = new int[found.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = found[i];
    }
    assertArrayEquals(expected, bits);
  }

  @Test
  void maskingMarksStepsWhoseFeaturesAllHaveTheValue() {
    Tensor x = scope.tensor(Shape.of(2, 3, 2), 1.0, 2, 7, 7, 7, 0, 7, 7, 0, 0, 3, 7);
    Masked found = call(Masking.of(7), Masked.of(x)).getFirst();
    assertBits(found.mask(), 1, 0, 1, 0, 1, 1);
    assertArrayEquals(
        new double[] {1, 2, 0, 0, 7, 0, 0, 0, 0, 0, 3, 7}, found.values().toDoubles());
    assertBits(call(Masking.of(), Masked.of(x)).getFirst().mask(), 1, 1, 1, 1, 0, 1);
  }

  @Test
  void anEmbeddingMarksZeros() {
    Tensor ids = scope.tensor(Shape.of(2, 3), 2, 0, 1, 0, 0, 2);
    Masked found = call(Embedding.of(3, 4).maskZero(true), Masked.of(ids)).getFirst();
    assertBits(found.mask(), 1, 0, 1, 0, 0, 1);
    Masked plain = call(Embedding.of(3, 4), Masked.of(ids)).getFirst();
    assertFalse(plain.isMasked());
    assertSame(plain.values(), found.values());
  }

  /** Each sample with gaps against the same without what stands in them. */
  @Test
  void recurrentLayersLeaveMaskedStepsOut() {
    Tensor x = normal(2, 5, 3);
    Tensor mask = bits(Shape.of(2, 5), 1, 0, 1, 1, 0, 0, 1, 0, 0, 1);
    int[][] places = {{0, 2, 3}, {1, 4}};
    for (RecurrentLayer<?> layer : LAYERS) {
      for (boolean backwards : new boolean[] {false, true}) {
        RecurrentLayer<?> tested = layer.returnState(true).goBackwards(backwards);
        List<Masked> found = call(tested, new Masked(x, mask));
        assertNull(found.getFirst().mask());
        for (int sample = 0; sample < 2; sample++) {
          Tensor[] kept = new Tensor[places[sample].length];
          for (int i = 0; i < kept.length; i++) {
            kept[i] = step(x.slice(0, sample, sample + 1), places[sample][i]);
          }
          Tensor compact = new Concat(1).apply(kept);
          List<Masked> expected = call(tested, Masked.of(compact));
          for (int i = 0; i < expected.size(); i++) {
            assertSame(
                expected.get(i).values(), found.get(i).values().slice(0, sample, sample + 1));
          }
        }
      }
    }
  }

  private static Tensor step(Tensor x, long place) {
    return x.slice(1, place, place + 1);
  }

  @Test
  void aMaskedStepRepeatsTheStateBefore() {
    Tensor x = normal(1, 4, 3);
    Tensor first = normal(1, 4);
    Tensor mask = bits(Shape.of(1, 4), 0, 1, 0, 1);
    for (RecurrentLayer<?> layer : List.of(GRU.of(4), GRU.of(4).resetAfter(false))) {
      RecurrentLayer<?> all = layer.returnSequences(true);
      Masked found = call(all, new Masked(x, mask), Masked.of(first)).getFirst();
      Tensor y = found.values();
      assertBits(found.mask(), 0, 1, 0, 1);
      assertSame(first, step(y, 0));
      assertSame(step(y, 1), step(y, 2));
      Tensor zeros =
          call(all.zeroOutputForMask(true), new Masked(x, mask), Masked.of(first))
              .getFirst()
              .values();
      assertArrayEquals(new double[4], step(zeros, 0).toDoubles());
      assertArrayEquals(new double[4], step(zeros, 2).toDoubles());
      assertSame(step(y, 1), step(zeros, 1));
      assertSame(step(y, 3), step(zeros, 3));

      Masked back = call(all.goBackwards(true), new Masked(x, mask)).getFirst();
      assertBits(back.mask(), 1, 0, 1, 0);
      assertSame(step(back.values(), 0), step(back.values(), 1));
    }
  }

  @Test
  void bothDirectionsGetTheMask() {
    Tensor x = normal(2, 4, 3);
    Tensor mask = bits(Shape.of(2, 4), 1, 1, 0, 0, 0, 1, 0, 1);
    GRU one = GRU.of(2).returnSequences(true).zeroOutputForMask(true);
    Masked found =
        call(Bidirectional.of(GRU.of(2).returnSequences(true)), new Masked(x, mask)).getFirst();
    assertBits(found.mask(), 1, 1, 0, 0, 0, 1, 0, 1);
    Weights weights = fresh();
    Shape sample = Shape.of(4, 3);
    List<Masked> given = List.of(new Masked(x, mask));
    Tensor ahead =
        one.build(weights.in("forward_layer"), sample)
            .callMasked(given, Pass.inference())
            .getFirst()
            .values();
    Tensor back =
        one.goBackwards(true)
            .build(weights.in("backward_layer"), sample)
            .callMasked(given, Pass.inference())
            .getFirst()
            .values();
    assertSame(ahead, found.values().slice(2, 0, 2));
    assertSame(Slice.reversed(1).apply(back), found.values().slice(2, 2, 4));
    List<Masked> apart =
        call(
            Bidirectional.of(GRU.of(2).returnSequences(true)).merge(Bidirectional.Merge.NONE),
            new Masked(x, mask));
    assertEquals(2, apart.size());
    assertSame(ahead, apart.getFirst().values());
    assertSame(Slice.reversed(1).apply(back), apart.getLast().values());
    assertBits(apart.getLast().mask(), 1, 1, 0, 0, 0, 1, 0, 1);
    Masked last = call(Bidirectional.of(GRU.of(2)), new Masked(x, mask)).getFirst();
    assertFalse(last.isMasked());
  }

  /** What the mask does to the last layer shows that all before have passed it on. */
  @Test
  void layersThatKeepStepsPassTheMaskOn() {
    Tensor mask = bits(Shape.of(2, 3), 1, 0, 1, 1, 1, 0);
    List<Layer> layers =
        List.of(
            Dense.of(4),
            Activation.RELU,
            Dropout.of(0.5),
            SpatialDropout1D.of(0.5),
            GaussianDropout.of(0.5),
            GaussianNoise.of(0.5),
            LayerNormalization.of(),
            RMSNormalization.of(),
            GroupNormalization.of(1),
            BatchNormalization.of(),
            PReLU.of(),
            PositionalEmbedding.of(3),
            TimeDistributed.of(Dense.of(4)),
            Dense.of(4).named("named"),
            Dense.of(4).shared(),
            LSTM.of(4).returnSequences(true),
            Bidirectional.of(LSTM.of(2).returnSequences(true)));
    for (Layer layer : layers) {
      for (Pass pass : List.of(Pass.inference(), Pass.training(new Philox(1, 1)))) {
        Masked found = call(layer, pass, new Masked(normal(2, 3, 4), mask)).getFirst();
        assertBits(found.mask(), 1, 0, 1, 1, 1, 0);
      }
    }
    for (Layer layer : List.of(Flatten.of(), Conv1D.of(4, 1), GlobalMaxPooling1D.of())) {
      assertFalse(call(layer, new Masked(normal(2, 3, 4), mask)).getFirst().isMasked());
    }
  }

  @Test
  void joinedValuesCountWhereAnyDoes() {
    Masked one = new Masked(normal(1, 4, 2), bits(Shape.of(1, 4), 1, 0, 1, 0));
    Masked other = new Masked(normal(1, 4, 2), bits(Shape.of(1, 4), 1, 1, 0, 0));
    for (Layer layer : List.of(Add.of(), Concatenate.of())) {
      assertBits(call(layer, one, other).getFirst().mask(), 1, 1, 1, 0);
      assertFalse(call(layer, one, Masked.of(normal(1, 4, 2))).getFirst().isMasked());
    }
    Masked plain = Masked.of(normal(1, 2, 2));
    assertBits(
        call(Concatenate.of(0), one, plain, other).getFirst().mask(), 1, 0, 1, 0, 1, 1, 1, 1, 0, 0);
    assertFalse(call(Concatenate.of(0), plain, plain).getFirst().isMasked());
    Tensor flat = normal(1, 4);
    assertFalse(call(Concatenate.of(), Masked.of(flat), Masked.of(flat)).getFirst().isMasked());
    Masked deep = new Masked(other.values(), Masked.differs(other.values(), 0));
    assertFalse(call(Add.of(), one, deep).getFirst().isMasked());
  }

  @Test
  void aProductTakesWhatDoesNotCountForOne() {
    Masked one =
        new Masked(scope.tensor(Shape.of(1, 3, 1), 2.0, 3, 4), bits(Shape.of(1, 3), 1, 0, 0));
    Masked other =
        new Masked(scope.tensor(Shape.of(1, 3, 1), 5.0, 6, 7), bits(Shape.of(1, 3), 1, 1, 0));
    Masked both = call(Multiply.of(), one, other).getFirst();
    assertBits(both.mask(), 1, 1, 0);
    assertArrayEquals(new double[] {10, 6, 0}, both.values().toDoubles());
    Masked single = call(Multiply.of(), one, Masked.of(other.values())).getFirst();
    assertFalse(single.isMasked());
    assertArrayEquals(new double[] {10, 6, 7}, single.values().toDoubles());
  }

  @Test
  void aMeanIsOverStepsThatCount() {
    Tensor x = scope.tensor(Shape.of(2, 3, 2), 1.0, 2, 30, 40, 5, 4, 7, 8, 90, 0, 0, 90);
    Tensor mask = bits(Shape.of(2, 3), 1, 0, 1, 1, 0, 0);
    Masked found = call(GlobalAveragePooling1D.of(), new Masked(x, mask)).getFirst();
    assertFalse(found.isMasked());
    assertArrayEquals(new double[] {3, 3, 7, 8}, found.values().toDoubles(), 1e-12);
    Tensor kept =
        call(GlobalAveragePooling1D.of().keepDims(true), new Masked(x, mask)).getFirst().values();
    assertEquals(Shape.of(2, 1, 2), kept.shape());
    assertSame(found.values(), kept);
    Tensor none = bits(Shape.of(2, 3), 1, 0, 0, 0, 0, 0);
    assertTrue(
        Double.isNaN(
            call(GlobalAveragePooling1D.of(), new Masked(x, none))
                .getFirst()
                .values()
                .value(1, 0)));
  }

  @Test
  void batchStatisticsAreOfStepsThatCount() {
    Tensor x = scope.tensor(Shape.of(1, 3, 1), 1.0, 50, 3);
    Masked given = new Masked(x, bits(Shape.of(1, 3), 1, 0, 1));
    BatchNormalization layer = BatchNormalization.of().momentum(0).epsilon(1e-9);
    Weights weights = fresh();
    Block block = layer.build(weights, Shape.of(3, 1));
    Masked found = block.callMasked(List.of(given), Pass.training(new Philox(1, 1))).getFirst();
    assertArrayEquals(new double[] {-1, 48, 1}, found.values().toDoubles(), 1e-5);
    assertEquals(2, weights.parameters().get(2).tensor().value(), 1e-6);
    assertEquals(1, weights.parameters().get(3).tensor().value(), 1e-6);
  }

  /** What stands in masked places makes no difference for those that count. */
  @Test
  void attentionLooksAtWhatCounts() {
    Tensor mask = bits(Shape.of(2, 3), 1, 0, 1, 1, 1, 0);
    Tensor x = normal(2, 3, 4);
    Masked one = new Masked(x, mask);
    Masked noise = new Masked(normal(2, 3, 4), mask);
    Masked other = one.with(one.counted().add(noise.values()).sub(noise.counted()));
    Masked plain = Masked.of(normal(2, 5, 4));
    MultiHeadAttention attention = MultiHeadAttention.of(2, 3);
    for (Layer layer : List.of(attention, TransformerEncoder.of(5, 2))) {
      Masked found = call(layer, one).getFirst();
      assertBits(found.mask(), 1, 0, 1, 1, 1, 0);
      assertSame(found.counted(), call(layer, other).getFirst().counted());
      assertDiffer(
          found.counted(), found.with(call(layer, Masked.of(x)).getFirst().values()).counted());
    }
    Masked found = call(attention, plain, one).getFirst();
    assertFalse(found.isMasked());
    assertSame(found.values(), call(attention, plain, other).getFirst().values());
    assertDiffer(found.values(), call(attention, plain, Masked.of(x)).getFirst().values());
    Masked onlyKeys = call(attention, plain, Masked.of(x), one).getFirst();
    assertSame(onlyKeys.values(), call(attention, plain, Masked.of(x), other).getFirst().values());
  }

  private static void assertDiffer(Tensor one, Tensor other) {
    assertTrue(one.sub(other).square().max().value() > 1e-6);
  }

  /** Sentences of words: a mask of both reaches into the steps. */
  @Test
  void aMaskThatReachesIntoStepsIsTheirLayers() {
    Tensor ids = scope.tensor(Shape.of(1, 3, 2), 1, 2, 0, 0, 2, 0);
    Masked words = call(Embedding.of(3, 4).maskZero(true), Masked.of(ids)).getFirst();
    GRU inner = GRU.of(2);
    Masked found = call(TimeDistributed.of(inner), words).getFirst();
    assertBits(found.mask(), 1, 0, 1);
    Tensor kept = words.values().slice(1, 2, 3).reshape(1, 2, 4).slice(1, 0, 1);
    assertSame(call(inner, Masked.of(kept)).getFirst().values(), found.values().slice(1, 2, 3));
    assertArrayEquals(new double[2], found.values().slice(1, 1, 2).toDoubles());
  }

  @Test
  void gradientsPassMaskedSteps() {
    Tensor mask = bits(Shape.of(2, 3), 1, 0, 1, 0, 1, 1);
    for (RecurrentLayer<?> layer : LAYERS) {
      for (boolean training : new boolean[] {false, true}) {
        RecurrentLayer<?> tested =
            layer.returnSequences(true).zeroOutputForMask(training).recurrentDropout(0.3);
        Weights weights = fresh();
        Block block = tested.build(weights, Shape.of(3, 2));
        Tensor[] leaves = new Tensor[4];
        leaves[0] = normal(2, 3, 2).tracked();
        for (int i = 1; i < leaves.length; i++) {
          leaves[i] = weights.parameters().get(i - 1).tensor();
        }
        GradCheck.of(
                given ->
                    block
                        .callMasked(
                            List.of(new Masked(given[0], mask)),
                            training ? Pass.training(new Philox(1, 1)) : Pass.inference())
                        .getFirst()
                        .values())
            .check(leaves);
      }
    }
    BatchNormalization norm = BatchNormalization.of();
    Tensor x = normal(2, 3, 2).tracked();
    for (Layer layer : List.of(norm, GlobalAveragePooling1D.of(), Masking.of())) {
      GradCheck.of(
              given ->
                  call(layer, Pass.training(new Philox(1, 1)), new Masked(given[0], mask))
                      .getFirst()
                      .values())
          .check(x);
    }
  }

  /** Padding changes nothing, in a network within a network, eager and compiled. */
  @Test
  void aNetworkIgnoresPadding() {
    Network encoder =
        Sequential.of(
            Input.of(6, 3),
            Dropout.of(0.2),
            Bidirectional.of(LSTM.of(4).returnSequences(true)),
            Dense.of(3),
            GRU.of(4));
    Network network =
        Sequential.of(
            Input.of(6).as(DType.I32), Embedding.of(5, 3).maskZero(true), encoder, Dense.of(2));
    try (Model model = network.build();
        Scope step = model.scope().child("test")) {
      Tensor x = step.tensor(Shape.of(2, 6), 3, 1, 4, 0, 0, 0, 0, 3, 0, 1, 4, 0);
      float[] eager = model.call(x).toFloats();
      assertArrayEquals(Arrays.copyOfRange(eager, 0, 2), Arrays.copyOfRange(eager, 2, 4), 1e-6f);
      try (CompiledModel compiled = model.compiled(2);
          Session session = compiled.session()) {
        x.copyInto(session.input(0));
        session.run();
        assertArrayEquals(eager, session.output(0).toFloats());
      }
    }
  }

  @Test
  void masksThatDoNotFitAreRefused() {
    Tensor x = normal(2, 3, 4);
    Tensor shorter = bits(Shape.of(2, 2), 1, 0, 1, 1);
    assertEquals(
        "masked: a mask of bool over the first axes expected: f64 [2, 3, 4] x bool [2, 2]",
        assertThrows(IllegalArgumentException.class, () -> new Masked(x, shorter)).getMessage());
    assertEquals(
        "masked: a mask of bool over the first axes expected: f64 [2, 3, 4] x f64 [2, 3, 4]",
        assertThrows(IllegalArgumentException.class, () -> new Masked(x, x)).getMessage());
    Masked deep = new Masked(x, Masked.differs(x, 0));
    assertEquals(
        "lstm: a mask [n, t] expected, not [2, 3, 4]: input [2, 3, 4]",
        Built.error(() -> call(LSTM.of(2), deep)));
    assertEquals(
        "globalAveragePooling1D: a mask [n, t] expected, not [2, 3, 4]: input [2, 3, 4]",
        Built.error(() -> call(GlobalAveragePooling1D.of(), deep)));
    assertEquals(
        "masking: sequences [t, ..., features] expected: input [3]",
        Built.error(Masking.of(), Shape.of(3)));
  }
}
