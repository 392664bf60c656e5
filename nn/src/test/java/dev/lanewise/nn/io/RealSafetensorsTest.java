package dev.lanewise.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.TestData;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealSafetensorsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"burn-mnist", "burn-multi_layer", "djl-list", "silero_vad_16k"})
  void filesOfOtherProgramsSurviveBeingWrittenAgain(String name) throws IOException {
    Path file = TestData.file("llm/safetensors/" + name + ".safetensors");
    Path again = directory.resolve("again.safetensors");
    try (Scope scope = Scope.open("test")) {
      Map<String, Tensor> tensors = Safetensors.read(file, scope);
      Safetensors.write(again, tensors);
      Map<String, Tensor> back = Safetensors.read(again, scope);
      assertEquals(tensors.keySet(), back.keySet());
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        assertEquals(entry.getValue().spec(), back.get(entry.getKey()).spec());
        assertEquals(
            -1, bytes(entry.getValue()).mismatch(bytes(back.get(entry.getKey()))), entry.getKey());
      }
    }
  }

  private static java.lang.foreign.MemorySegment bytes(Tensor tensor) {
    return tensor.memory().asSlice(tensor.at(), tensor.size() * tensor.dtype().bytes());
  }

  @Test
  void trainedWeightsAreWhatTheyShouldBe() throws IOException {
    Path file = TestData.file("llm/safetensors/burn-mnist.safetensors");
    try (Scope scope = Scope.open("test");
        Safetensors opened = Safetensors.open(file)) {
      assertEquals(Spec.of(DType.F32, Shape.of(32, 11616)), opened.spec("fc1.weight"));
      assertEquals(Spec.of(DType.I64, Shape.scalar()), opened.spec("norm1.num_batches_tracked"));
      for (float weight : opened.read("fc1.weight", scope).toFloats()) {
        assertTrue(Math.abs(weight) < 1, "weight " + weight);
      }
    }
  }

  @Test
  void bytesAreThoseOfTheFile() throws IOException {
    Path file = TestData.file("llm/safetensors/djl-list.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    try (Scope scope = Scope.open("test")) {
      byte[] attention = Safetensors.read(file, scope).get("attention").toBytes();
      assertArrayEquals(java.util.Arrays.copyOfRange(bytes, 136, 142), attention);
    }
  }
}
