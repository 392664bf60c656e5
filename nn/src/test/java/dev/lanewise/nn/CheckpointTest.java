package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.BatchNormalization;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Dropout;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  private static final Network NETWORK =
      Sequential.of(
          Input.of(3),
          Dense.of(5).activation(Activation.TANH),
          BatchNormalization.of(),
          Dropout.of(0.3),
          Dense.of(1));

  @TempDir Path directory;

  /** A model in an open loop whose random numbers follow from the number of the step. */
  private static final class Run implements AutoCloseable {
    final Model model = NETWORK.build();
    final Descent descent = Adam.of(0.05).on(model.trained(), model.scope());

    void steps(int count) {
      for (int i = 0; i < count; i++) {
        Philox stream = new Philox(5, descent.steps());
        try (Scope step = model.scope().child("step")) {
          Tensor x = step.normal(model.dtype(), Shape.of(8, 3), stream);
          Tensor y = model.call(x, Pass.training(stream.substream(1)));
          descent.step(Gradients.of(y.sub(x.sum(1).reshape(8, 1)).square().mean()));
        }
      }
    }

    Checkpoint checkpoint(Path file) {
      return Checkpoint.of(file).model("net", model, descent);
    }

    List<float[]> weights() {
      return model.parameters().stream().map(p -> p.tensor().toFloats()).toList();
    }

    @Override
    public void close() {
      model.close();
    }
  }

  private static void assertSame(List<float[]> expected, List<float[]> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i));
    }
  }

  @Test
  void aRestoredRunGoesOnBitForBit() throws IOException {
    Path file = directory.resolve("run.safetensors");
    List<float[]> whole;
    try (Run run = new Run()) {
      run.steps(3);
      run.checkpoint(file).write(Map.of("epoch", 7L));
      run.steps(4);
      whole = run.weights();
    }
    try (Run run = new Run()) {
      run.steps(1);
      assertEquals(Map.of("epoch", 7L), run.checkpoint(file).restore());
      assertEquals(3, run.descent.steps());
      run.steps(4);
      assertSame(whole, run.weights());
    }
  }

  @Test
  void whatDoesNotFitChangesNothing() throws IOException {
    Path file = directory.resolve("run.safetensors");
    try (Run run = new Run();
        Model other = Sequential.of(Input.of(3), Dense.of(5)).build()) {
      run.steps(1);
      Descent descent = Adam.of(0.1).on(other.trained(), other.scope());
      Checkpoint.of(file).model("net", other, descent).write(Map.of());
      List<float[]> before = run.weights();
      String message =
          assertThrows(IllegalArgumentException.class, () -> run.checkpoint(file).restore())
              .getMessage();
      assertEquals(
          "checkpoint: no entry 'net.weight.batch_normalization.gamma' of f32 [5]: missing: "
              + file,
          message);
      assertSame(before, run.weights());
      assertEquals(1, run.descent.steps());

      Path weights = directory.resolve("weights.safetensors");
      run.model.save(weights);
      assertEquals(
          weights + ": no checkpoint: its format is lanewise",
          assertThrows(IOException.class, () -> run.checkpoint(weights).restore()).getMessage());
      assertEquals(
          "checkpoint: a name of its own without a dot expected: 'net'",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> run.checkpoint(file).model("net", run.model, run.descent))
              .getMessage());
    }
  }

  @Test
  void aFailedWriteLeavesTheEarlierFile() throws IOException {
    Path file = directory.resolve("run.safetensors");
    try (Run run = new Run()) {
      run.checkpoint(file).write(Map.of("epoch", 1L));
      byte[] before = Files.readAllBytes(file);
      Path inTheWay = directory.resolve("no").resolve("such").resolve("folder.safetensors");
      assertThrows(IOException.class, () -> run.checkpoint(inTheWay).write(Map.of()));
      Path folder = Files.createDirectory(directory.resolve("folder"));
      assertThrows(IOException.class, () -> run.checkpoint(folder).write(Map.of()));
      assertArrayEquals(before, Files.readAllBytes(file));
      byte[] cut = Arrays.copyOf(before, before.length - 5);
      Path broken = Files.write(directory.resolve("cut.safetensors"), cut);
      assertThrows(IOException.class, () -> run.checkpoint(broken).restore());
      try (Safetensors intact = Safetensors.open(file)) {
        assertTrue(
            intact
                .names()
                .containsAll(run.model.parameters().stream().map(CheckpointTest::entry).toList()));
      }
    }
  }

  private static String entry(Parameter parameter) {
    return "net.weight." + parameter.name();
  }
}
