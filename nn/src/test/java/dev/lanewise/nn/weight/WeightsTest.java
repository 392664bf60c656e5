package dev.lanewise.nn.weight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
  @TempDir Path directory;

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private static Parameter kernel(Weights weights, String layer) {
    return weights.in(layer).weight("kernel", Shape.of(4, 3), Initializer.GLOROT_UNIFORM);
  }

  @Test
  void aWeightDependsOnSeedAndNameAlone() {
    Weights weights = Weights.random(scope, DType.F32, 1);
    float[] first = kernel(weights, "a").tensor().toFloats();
    float[] second = kernel(weights, "b").tensor().toFloats();
    float[] alone = kernel(Weights.random(scope, DType.F32, 1), "b").tensor().toFloats();
    float[] other = kernel(Weights.random(scope, DType.F32, 2), "b").tensor().toFloats();
    assertFalse(Arrays.equals(first, second));
    assertArrayEquals(second, alone);
    assertFalse(Arrays.equals(second, other));
    assertEquals(
        List.of("a.kernel", "b.kernel"),
        weights.parameters().stream().map(Parameter::name).toList());
    assertEquals("a.kernel f32 [4, 3]", weights.parameters().getFirst().toString());
  }

  @Test
  void twoWeightsOfOneNameAreRefused() {
    Weights weights = Weights.random(scope, DType.F32, 1);
    kernel(weights, "a");
    assertEquals(
        "weights: two weights 'a.kernel': [4, 3]",
        assertThrows(IllegalArgumentException.class, () -> kernel(weights, "a")).getMessage());
  }

  @Test
  void aLayerCannotTellReadFromMade() throws IOException {
    Tensor stored = scope.normal(Shape.of(4, 3));
    Path file = directory.resolve("w.safetensors");
    Safetensors.write(file, Map.of("a.kernel", stored));
    try (Safetensors open = Safetensors.open(file)) {
      StoredWeights read = new StoredWeights(open);
      Weights weights = Weights.read(scope, DType.F32, read);
      assertArrayEquals(stored.toFloats(), kernel(weights, "a").tensor().toFloats());
      read.requireAllRead();
    }
  }

  @Test
  void aFileThatDoesNotFitIsRefusedAsAWhole() throws IOException {
    Path file = directory.resolve("w.safetensors");
    Parameter block = new Parameter("block.3.weight", scope.zeros(DType.F32, Shape.of(2, 2)));
    Parameter bias = new Parameter("block.3.bias", scope.zeros(DType.F32, Shape.of(2)));

    Safetensors.write(
        file,
        Map.of(
            "block.3.w", scope.normal(Shape.of(2, 2)), "block.3.bias", scope.normal(Shape.of(2))));
    assertEquals(
        "weights: no entry 'block.3.weight' of shape [2, 2]; the file has 'block.3.w' of [2, 2]: "
            + file,
        error(file, bias, block));
    Safetensors.write(file, Map.of("block.3.bias", scope.normal(Shape.of(2))));
    assertEquals(
        "weights: no entry 'block.3.weight' of shape [2, 2]; the file has no other of this shape: "
            + file,
        error(file, bias, block));
    Safetensors.write(
        file,
        Map.of(
            "block.3.weight",
            scope.normal(Shape.of(4)),
            "block.3.bias",
            scope.normal(Shape.of(2))));
    assertEquals(
        "weights: entry 'block.3.weight' of shape [4], [2, 2] expected: " + file,
        error(file, bias, block));
    Safetensors.write(
        file,
        Map.of(
            "block.3.weight",
            scope.normal(DType.F64, Shape.of(2, 2)),
            "block.3.bias",
            scope.normal(Shape.of(2))));
    assertEquals(
        "weights: entry 'block.3.weight' of type f64, f32 expected: " + file,
        error(file, bias, block));
    Safetensors.write(
        file,
        Map.of(
            "block.3.bias", scope.normal(Shape.of(2)),
            "block.3.weight", scope.normal(Shape.of(2, 2)),
            "x1", scope.normal(Shape.of(1)),
            "x2", scope.normal(Shape.of(1)),
            "x3", scope.normal(Shape.of(1)),
            "x4", scope.normal(Shape.of(1))));
    assertEquals(
        "weights: the file has 'x1' of [1], 'x2' of [1], 'x3' of [1] and 1 more, which the model"
            + " lacks: "
            + file,
        error(file, bias, block));
    assertArrayEquals(new float[2], bias.tensor().toFloats());
    assertEquals(0, bias.changes());
  }

  private static String error(Path file, Parameter... parameters) throws IOException {
    try (Safetensors open = Safetensors.open(file)) {
      return assertThrows(
              IllegalArgumentException.class,
              () -> new StoredWeights(open).load(List.of(parameters)))
          .getMessage();
    }
  }
}
