package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.Bidirectional;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Dropout;
import dev.lanewise.nn.layer.GRU;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.LSTM;
import dev.lanewise.nn.layer.Node;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.layer.RecurrentLayer;
import dev.lanewise.nn.layer.Reshape;
import dev.lanewise.nn.layer.SimpleRNN;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.weight.State;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Concat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatefulTest {
  private static final List<RecurrentLayer<?>> LAYERS =
      List.of(
          LSTM.of(4),
          GRU.of(4),
          GRU.of(4).resetAfter(false),
          SimpleRNN.of(4).activation(Activation.SIGMOID));

  @TempDir Path directory;

  private static Network network(RecurrentLayer<?> layer, long steps) {
    return Sequential.of(Input.of(steps, 3), layer.returnSequences(true)).dtype(DType.F64);
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }

  @Test
  void batchesGoOnWhereTheLastOneEnded() {
    for (RecurrentLayer<?> layer : LAYERS) {
      try (Model whole = network(layer, 6).build();
          Model pieces = network(layer.stateful(true), 2).build();
          Scope scope = pieces.scope().child("test")) {
        Tensor x = scope.normal(DType.F64, Shape.of(3, 6, 3));
        double[] expected = whole.call(x.copyTo(whole.scope())).toDoubles();
        for (int round = 0; round < 2; round++) {
          Tensor[] found = new Tensor[3];
          for (int i = 0; i < 3; i++) {
            found[i] = pieces.call(x.slice(1, 2L * i, 2L * i + 2));
          }
          Tensor all = new Concat(1).apply(found);
          assertArrayEquals(expected, all.toDoubles(), 1e-12);
          pieces.resetStates();
        }
      }
    }
  }

  @Test
  void eachSideOfABidirectionalLayerHasItsStates() {
    try (Model model =
        Sequential.of(Input.of(2, 3), Bidirectional.of(LSTM.of(4).stateful(true))).build()) {
      assertEquals(
          List.of(
              "bidirectional.forward_layer.h",
              "bidirectional.forward_layer.c",
              "bidirectional.backward_layer.h",
              "bidirectional.backward_layer.c"),
          model.states().stream().map(State::name).toList());
      assertTrue(model.states().stream().allMatch(state -> state.value().isEmpty()));
      Tensor y = model.call(model.scope().normal(Shape.of(2, 2, 3)));
      assertArrayEquals(
          y.slice(1, 4, 8).toFloats(), model.states().get(2).value().orElseThrow().toFloats());
      assertEquals(6, model.parameters().size());
    }
  }

  /** First states that are inputs stand in for those of the batch before. */
  @Test
  void givenStatesGoBeforeCarriedOnes() {
    Node x = Input.of(2, 3).node();
    Node h = Input.of(4).node();
    Network network = Network.of(List.of(x, h), List.of(GRU.of(4).stateful(true).on(x, h)));
    try (Model model = network.build()) {
      List<Tensor> given =
          List.of(model.scope().normal(Shape.of(2, 2, 3)), model.scope().normal(Shape.of(2, 4)));
      float[] once = model.call(given, Pass.inference()).getFirst().toFloats();
      float[] again = model.call(given, Pass.inference()).getFirst().toFloats();
      assertArrayEquals(once, again);
      assertArrayEquals(once, model.states().getFirst().value().orElseThrow().toFloats());
    }
  }

  @Test
  void predictionsGoOnFromTheStates() {
    try (Model model = network(LSTM.of(4).stateful(true), 2).dtype(DType.F32).build();
        Scope other = Scope.open("other")) {
      Tensor x = other.normal(Shape.of(1, 2, 3));
      float[] first = model.predict(x).toFloats();
      float[] second = model.predict(new float[][] {x.toFloats()})[0];
      model.resetStates();
      assertArrayEquals(first, model.predict(x).toFloats());
      assertArrayEquals(second, model.predict(x).toFloats());
      assertFalse(Arrays.equals(first, second));
    }
  }

  @Test
  void theFirstBatchFixesTheSize() {
    try (Model model = network(GRU.of(4).stateful(true), 2).build();
        Scope scope = model.scope().child("test")) {
      Tensor x = scope.normal(DType.F64, Shape.of(3, 2, 3));
      assertEquals(3, model.call(x).extent(0));
      assertEquals(
          "state: 'gru.h' is of a batch of 3 samples: 2 given: batches of one size until the states"
              + " are reset expected",
          error(() -> model.call(x.slice(0, 0, 2))));
      model.resetStates();
      assertEquals(2, model.call(x.slice(0, 0, 2)).extent(0));
      assertEquals(
          "state: 'gru.h' is of f64 [4] for each sample: f64 [2, 2, 3]",
          error(() -> model.states().getFirst().keep(x.slice(0, 0, 2))));
    }
  }

  @Test
  void whatCarriesNothingIsRefused() {
    try (Model model = network(GRU.of(4).stateful(true), 2).build()) {
      assertEquals(
          "compiled: model 'sequential' carries states from batch to batch: [gru.h]: call it or"
              + " predict with it",
          assertThrows(IllegalStateException.class, () -> model.compiled(1)).getMessage());
    }
    assertEquals(
        "bidirectional: the layers differ: stateful(true) x stateful(false)",
        error(
            () ->
                Bidirectional.of(GRU.of(4).stateful(true)).backward(GRU.of(4).goBackwards(true))));
  }

  private static DataSet series() {
    float[][] features = new float[24][4];
    float[][] targets = new float[24][1];
    for (int i = 0; i < features.length; i++) {
      for (int j = 0; j < 4; j++) {
        features[i][j] = (float) Math.sin(4 * i + j);
      }
      targets[i][0] = (float) Math.sin(4 * i + 4);
    }
    return DataSet.of(features, targets);
  }

  private static Model forecaster() {
    return Sequential.of(
            Input.of(4), Reshape.of(4, 1), LSTM.of(5).stateful(true), Dropout.of(0.2), Dense.of(1))
        .compile(Adam.of(1e-2), MeanSquaredError.of());
  }

  private Fit fit(int epochs) {
    return Fit.epochs(epochs).batch(8).shuffle(false);
  }

  /** A run that is resumed has the states of the batch before; a file of weights has none. */
  @Test
  void checkpointsHaveTheStates() throws IOException {
    Path file = directory.resolve("run.safetensors");
    try (Model straight = forecaster();
        Model first = forecaster();
        Model second = forecaster()) {
      straight.fit(series(), fit(4));
      first.fit(series(), fit(2).checkpoint(file));
      second.fit(series(), fit(4).checkpoint(file).resume(true));
      for (int i = 0; i < straight.parameters().size(); i++) {
        assertArrayEquals(
            straight.parameters().get(i).tensor().toFloats(),
            second.parameters().get(i).tensor().toFloats());
      }
      Path weights = directory.resolve("weights.safetensors");
      second.save(weights);
      try (Safetensors saved = Safetensors.open(weights)) {
        assertEquals(second.parameters().size(), saved.names().size());
      }
      assertEquals(
          "checkpoint: 'model.state.lstm.h' is no state of this model: f32 [8, 6]: " + file,
          error(() -> restoredWith(file, "model.state.lstm.h", second)));
    }
  }

  /** Restores from the file with an entry of a wrong shape in it. */
  private static void restoredWith(Path file, String wrong, Model model) {
    try (Scope scope = Scope.open("tampered")) {
      Map<String, Tensor> tensors;
      Map<String, String> metadata;
      try (Safetensors stored = Safetensors.open(file)) {
        tensors = new LinkedHashMap<>(stored.readAll(scope));
        metadata = stored.metadata();
      }
      assertEquals(Shape.of(8, 5), tensors.put(wrong, scope.normal(Shape.of(8, 6))).shape());
      Safetensors.write(file, tensors, metadata);
      model.fit(series(), Fit.epochs(5).batch(8).checkpoint(file).resume(true));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
