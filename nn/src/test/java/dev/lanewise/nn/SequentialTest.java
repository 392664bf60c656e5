package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.Block;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Dropout;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Layer;
import dev.lanewise.nn.layer.MaxPooling2D;
import dev.lanewise.nn.layer.Named;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequentialTest {
  private static final Network DIGITS =
      Sequential.of(
          Input.of(28, 28, 1),
          Conv2D.of(32, 3).activation(RELU),
          MaxPooling2D.of(2),
          Conv2D.of(64, 3).activation(RELU),
          MaxPooling2D.of(2),
          Flatten.of(),
          Dropout.of(0.5),
          Dense.of(64).activation(RELU),
          Dense.of(10).activation(SOFTMAX));

  @TempDir Path directory;

  @Test
  void theSummaryIsKeras() {
    try (Model model = DIGITS.build()) {
      assertEquals(
          """
          Model: "sequential"
          _____________________________________________________________________
           Layer (type)                   Output Shape              Param #
          =====================================================================
           conv2d (Conv2D)                (None, 26, 26, 32)        320
           max_pooling2d (MaxPooling2D)   (None, 13, 13, 32)        0
           conv2d_1 (Conv2D)              (None, 11, 11, 64)        18,496
           max_pooling2d_1 (MaxPooling2D) (None, 5, 5, 64)          0
           flatten (Flatten)              (None, 1600)              0
           dropout (Dropout)              (None, 1600)              0
           dense (Dense)                  (None, 64)                102,464
           dense_1 (Dense)                (None, 10)                650
          =====================================================================
          Total params: 121,930 (476.29 KB)
          Trainable params: 121,930 (476.29 KB)
          Non-trainable params: 0 (0.00 B)
          _____________________________________________________________________
          """,
          model.summary());
    }
  }

  @Test
  void namesAndShapesFollow() {
    try (Model model = DIGITS.build()) {
      assertEquals(
          List.of(
              "conv2d.kernel f32 [3, 3, 1, 32]",
              "conv2d.bias f32 [32]",
              "conv2d_1.kernel f32 [3, 3, 32, 64]",
              "conv2d_1.bias f32 [64]",
              "dense.kernel f32 [1600, 64]",
              "dense.bias f32 [64]",
              "dense_1.kernel f32 [64, 10]",
              "dense_1.bias f32 [10]"),
          model.parameters().stream().map(Parameter::toString).toList());
      assertEquals(Shape.of(10), model.output());
      assertEquals(Spec.of(DType.F32, Shape.of(28, 28, 1)), model.input());
      assertEquals("sequential", model.name());
      assertEquals("dense.bias", model.parameter("dense.bias").name());
      assertEquals(
          "model: no parameter 'bias' among [conv2d.kernel, conv2d.bias, conv2d_1.kernel,"
              + " conv2d_1.bias, dense.kernel, dense.bias, dense_1.kernel, dense_1.bias]",
          error(() -> model.parameter("bias")));
    }
  }

  @Test
  void layersMayBeNamed() {
    Network network = Sequential.of(Input.of(2), Dense.of(3).named("head"), Dense.of(1));
    try (Model model = network.build()) {
      assertEquals(
          List.of("head.kernel", "head.bias", "dense.kernel", "dense.bias"),
          model.parameters().stream().map(Parameter::name).toList());
    }
    assertEquals(
        "network: two layers named 'head'",
        error(
            () ->
                Sequential.of(Input.of(2), Dense.of(3).named("head"), Dense.of(3).named("head"))
                    .build()));
  }

  @Test
  void whoWalksANetworkSeesTheLayerBehindAName() {
    Dense head = Dense.of(3);
    Network network = Sequential.of(Input.of(2), head.named("head"));
    assertEquals(new Named(head, "head"), network.outputs().getFirst().layer());
  }

  /** A layer that a user wrote. */
  private record Scale() implements Layer {
    @Override
    public Block build(Weights weights, Shape input) {
      Parameter factor = weights.weight("factor", input, Initializer.constant(3));
      return Block.of(input, (x, _) -> x.mul(factor.with(x)));
    }
  }

  @Test
  void aLayerOfOnesOwnIsAFullCitizen() {
    try (Model model = Sequential.of(Input.of(2), new Scale(), new Scale()).build();
        Scope scope = Scope.open("test")) {
      assertEquals(
          List.of("scale.factor f32 [2]", "scale_1.factor f32 [2]"),
          model.parameters().stream().map(Parameter::toString).toList());
      Tensor x = scope.tensor(Shape.of(1, 2), 1f, 2f);
      assertArrayEquals(new float[] {9, 18}, model.call(x).toFloats());
      assertArrayEquals(new float[] {9, 18}, model.predict(x).toFloats());
    }
  }

  @Test
  void whatCannotBeBuiltIsRefused() {
    assertEquals(
        "sequential: the first layer is Dense: Input.of(...) expected",
        error(() -> Sequential.of(Dense.of(1))));
    assertEquals(
        "sequential: the first layer is missing: Input.of(...) expected",
        error(() -> Sequential.of()));
    assertEquals(
        "network: f32 or f64 expected, not i32",
        error(() -> Sequential.of(Input.of(1)).dtype(DType.I32)));
    assertEquals(
        "conv2D: an image [height, width, channels] expected: input [9]",
        error(() -> Sequential.of(Input.of(3, 3), Flatten.of(), Conv2D.of(1, 1)).build()));
  }

  @Test
  void oneSeedGivesTheSameWeightsAndAnotherGivesOthers() {
    Network network = Sequential.of(Input.of(4), Dense.of(3));
    float[] one;
    float[] same;
    float[] other;
    try (Model model = network.seed(1).build()) {
      one = model.parameter("dense.kernel").tensor().toFloats();
    }
    try (Model model = network.seed(1).named("twin").build()) {
      same = model.parameter("dense.kernel").tensor().toFloats();
      assertEquals("twin", model.name());
    }
    try (Model model = network.seed(2).build()) {
      other = model.parameter("dense.kernel").tensor().toFloats();
    }
    assertArrayEquals(one, same);
    assertFalse(Arrays.equals(one, other));
  }

  @Test
  void weightsSurviveTheWayThroughAFile() throws IOException {
    Path file = directory.resolve("weights.safetensors");
    Network network =
        Sequential.of(Input.of(4), Dense.of(3).activation(Activation.TANH), Dense.of(2));
    try (Scope scope = Scope.open("test");
        Model saved = network.seed(1).build();
        Model loaded = network.seed(2).build()) {
      Tensor x = scope.normal(Shape.of(5, 4));
      saved.save(file);
      assertFalse(Arrays.equals(saved.predict(x).toFloats(), loaded.predict(x).toFloats()));
      loaded.load(file);
      assertArrayEquals(saved.predict(x).toFloats(), loaded.predict(x).toFloats());
      try (Model read = network.read(file)) {
        assertArrayEquals(saved.predict(x).toFloats(), read.predict(x).toFloats());
      }
      try (Safetensors open = Safetensors.open(file)) {
        assertEquals(Map.of("format", "lanewise", "model", "sequential"), open.metadata());
      }
    }
  }

  @Test
  void weightsOfAnotherNetworkAreRefused() throws IOException {
    Path file = directory.resolve("weights.safetensors");
    try (Model saved = Sequential.of(Input.of(4), Dense.of(3)).build();
        Model wider = Sequential.of(Input.of(4), Dense.of(5)).build()) {
      saved.save(file);
      float[] before = wider.parameter("dense.kernel").tensor().toFloats();
      String message = "weights: entry 'dense.kernel' of shape [4, 3], [4, 5] expected: " + file;
      assertEquals(
          message,
          assertThrows(IllegalArgumentException.class, () -> wider.load(file)).getMessage());
      assertArrayEquals(before, wider.parameter("dense.kernel").tensor().toFloats());
      assertEquals(message, error(() -> read(Sequential.of(Input.of(4), Dense.of(5)), file)));
      assertEquals(
          "weights: the file has 'dense.bias' of [3], which the model lacks: " + file,
          error(() -> read(Sequential.of(Input.of(4), Dense.of(3).useBias(false)), file)));
    }
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
    assertThrows(IOException.class, () -> Sequential.of(Input.of(4), Dense.of(3)).read(file));
  }

  private static void read(Network network, Path file) {
    try (Model model = network.read(file)) {
      throw new AssertionError("read " + model.name());
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }
}
