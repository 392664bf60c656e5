package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LayerTest {
  private final Scope scope = Scope.open("test");
  private final Weights weights = Weights.random(scope, DType.F32, 1);

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor call(Layer layer, Tensor x) {
    return layer.build(weights, x.shape().without(0)).call(x, Pass.inference());
  }

  private Tensor image(long... extents) {
    return scope.range(DType.F32, Shape.of(extents).size()).reshape(extents);
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }

  @Test
  void denseIsAnAffineMapOfTheLastAxis() {
    Dense dense =
        Dense.of(2).kernel((target, _) -> target.copyFrom(1f, 2f, 3f, 4f)).bias(Initializer.ONES);
    Tensor x = scope.tensor(Shape.of(1, 2, 2), 1f, 0f, -1f, -1f);
    Tensor y = call(dense, x);
    assertEquals(Shape.of(1, 2, 2), y.shape());
    assertArrayEquals(new float[] {2, 3, -3, -5}, y.toFloats());
    assertEquals(Shape.of(2, 2), weights.parameters().get(0).tensor().shape());
    assertEquals(
        List.of("kernel", "bias"), weights.parameters().stream().map(Parameter::name).toList());
  }

  @Test
  void activationsFollowFusedOrNot() {
    Tensor x = scope.tensor(Shape.of(1, 2), 1f, -1f);
    Dense dense = Dense.of(3).bias(Initializer.constant(0.1));
    for (Activation activation :
        List.of(Activation.RELU, Activation.TANH, Activation.SOFTMAX, Activation.LEAKY_RELU)) {
      Layer plain = dense.useBias(false);
      Tensor product = call(plain, x, "a");
      assertArrayEquals(
          activation.apply(product.add(0.1)).toFloats(),
          call(dense.activation(activation), x, "a").toFloats(),
          1e-6f);
      assertArrayEquals(
          activation.apply(product).toFloats(),
          call(dense.useBias(false).activation(activation), x, "a").toFloats(),
          1e-6f);
    }
  }

  private Tensor call(Layer layer, Tensor x, String name) {
    Weights fresh = Weights.random(scope, DType.F32, 1).in(name);
    return layer.build(fresh, x.shape().without(0)).call(x, Pass.inference());
  }

  @Test
  void convolutionKeepsChannelsLast() {
    Conv2D conv =
        Conv2D.of(2, 2)
            .kernel(
                (target, _) -> {
                  for (int i = 0; i < 4; i++) {
                    target.set(1, i / 2, i % 2, 0, 0);
                    target.set(i, i / 2, i % 2, 0, 1);
                  }
                });
    Tensor y = call(conv.bias(Initializer.constant(0.5)), image(1, 3, 3, 1));
    assertEquals(Shape.of(1, 2, 2, 2), y.shape());
    assertTrue(y.layout().isContiguous());
    assertArrayEquals(
        new float[] {
          8.5f,
          0 + 1 + 6 + 12 + .5f,
          12.5f,
          2 + 8 + 15 + .5f,
          20.5f,
          4 + 12 + 21 + .5f,
          24.5f,
          5 + 14 + 24 + .5f
        },
        y.toFloats());
    Tensor kernel = weights.parameters().getFirst().tensor();
    assertEquals(Shape.of(2, 2, 1, 2), kernel.shape());
  }

  @Test
  void sameConvolutionPadsTheEndMoreAsKerasDoes() {
    Conv2D conv = Conv2D.of(1, 2).padding(Padding.SAME).useBias(false).kernel(Initializer.ONES);
    assertArrayEquals(
        new float[] {0 + 1 + 2 + 3, 1 + 3, 2 + 3, 3}, call(conv, image(1, 2, 2, 1)).toFloats());
    Layer strided =
        Conv2D.of(1, 3)
            .strides(2)
            .padding(Padding.SAME)
            .useBias(false)
            .kernel(Initializer.ONES)
            .named("s");
    // Five places by two: pads of one on both sides, windows around 0, 2 and 4.
    Tensor row = call(strided, scope.tensor(Shape.of(1, 1, 5, 1), 1f, 2f, 3f, 4f, 5f), "s5");
    assertArrayEquals(new float[] {3, 9, 9}, row.toFloats());
    // Four places by two: nothing in front, one behind.
    row = call(strided, scope.tensor(Shape.of(1, 1, 4, 1), 1f, 2f, 3f, 4f), "s4");
    assertArrayEquals(new float[] {6, 7}, row.toFloats());
  }

  @Test
  void groupsAndDilationReachTheOperator() {
    Conv2D depthwise =
        Conv2D.of(2, 1).groups(2).useBias(false).kernel((target, _) -> target.copyFrom(10f, 100f));
    assertArrayEquals(new float[] {0, 100, 20, 300}, call(depthwise, image(1, 1, 2, 2)).toFloats());
    Conv2D dilated = Conv2D.of(1, 2).dilation(2).useBias(false).kernel(Initializer.ONES);
    assertArrayEquals(
        new float[] {0 + 2 + 6 + 8}, call(dilated, image(1, 3, 3, 1), "d").toFloats());
  }

  @Test
  void convolutionChecksItsInput() {
    assertEquals(
        "conv2D: an image [height, width, channels] expected: input [28, 28]",
        error(() -> Conv2D.of(1, 3).build(weights, Shape.of(28, 28))));
    assertEquals(
        "conv2D: a window of 5 x 5 does not fit: input [4, 8, 3]",
        error(() -> Conv2D.of(1, 3).dilation(2).build(weights, Shape.of(4, 8, 3))));
    assertEquals(
        "conv2D: 2 groups do not divide the channels: input [4, 8, 3]",
        error(() -> Conv2D.of(2, 3).groups(2).build(weights, Shape.of(4, 8, 3))));
    assertEquals(
        "conv2D: 3 filters do not divide into 2 groups", error(() -> Conv2D.of(3, 3).groups(2)));
    assertEquals("dense: at least one unit, not 0", error(() -> Dense.of(0)));
    assertEquals(
        "dense: at least one axis expected: input []",
        error(() -> Dense.of(1).build(weights, Shape.scalar())));
  }

  @Test
  void poolsTakeTheGreatestOrTheMean() {
    Tensor x = image(1, 4, 4, 1);
    assertArrayEquals(new float[] {5, 7, 13, 15}, call(MaxPooling2D.of(2), x).toFloats());
    assertArrayEquals(
        new float[] {2.5f, 4.5f, 10.5f, 12.5f}, call(AveragePooling2D.of(2), x).toFloats());
    assertEquals(Shape.of(1, 3, 3, 1), call(MaxPooling2D.of(2).strides(1), x).shape());
    assertEquals(
        "maxPooling2D: a window of 5 x 5 does not fit: input [4, 4, 1]",
        error(() -> call(MaxPooling2D.of(5), x)));
    assertEquals(
        "averagePooling2D: an image [height, width, channels] expected: input []",
        error(() -> AveragePooling2D.of(2).build(weights, Shape.scalar())));
  }

  @Test
  void padsOfAPoolDoNotCount() {
    Tensor x = image(1, 3, 3, 1).sub(9);
    assertArrayEquals(
        new float[] {-5, -4, -2, -1}, call(MaxPooling2D.of(2).padding(Padding.SAME), x).toFloats());
    assertArrayEquals(
        new float[] {-7, -5.5f, -2.5f, -1},
        call(AveragePooling2D.of(2).padding(Padding.SAME), x).toFloats());
  }

  @Test
  void aPoolTrainsAsItPredicts() {
    Tensor x = scope.normal(Shape.of(2, 4, 4, 3)).tracked();
    Block block = MaxPooling2D.of(2).build(weights, Shape.of(4, 4, 3));
    Tensor training = block.call(x, Pass.training(new Philox(1, 1)));
    Tensor inference = block.call(x, Pass.inference());
    assertArrayEquals(inference.toFloats(), training.toFloats());
    assertArrayEquals(
        Gradients.of(inference.square().sum()).get(x).toFloats(),
        Gradients.of(training.square().sum()).get(x).toFloats());
  }

  @Test
  void flattenAndReshapeMoveNothing() {
    Tensor x = image(2, 2, 3, 1);
    assertEquals(Shape.of(2, 6), call(Flatten.of(), x).shape());
    assertEquals(Shape.of(2, 3, 2), call(Reshape.of(3, -1), x).shape());
    assertEquals(x.at(), call(Reshape.of(3, 2), x).at());
    assertEquals(
        "reshape: no [4, -1] from 6 elements: input [2, 3, 1]",
        error(() -> call(Reshape.of(4, -1), x)));
    assertEquals(
        "reshape: no [7] from 6 elements: input [2, 3, 1]", error(() -> call(Reshape.of(7), x)));
    assertEquals(
        "reshape: no extents of a sample: [-1, -1]: input [2, 3, 1]",
        error(() -> call(Reshape.of(-1, -1), x)));
  }

  @Test
  void dropoutDropsInTrainingOnly() {
    Tensor x = scope.full(DType.F32, Shape.of(100, 100), 1);
    Block block = Dropout.of(0.25).build(weights, Shape.of(100));
    assertSame(x, block.call(x, Pass.inference()));
    float[] dropped = block.call(x, Pass.training(new Philox(1, 1))).toFloats();
    int zeros = 0;
    for (float value : dropped) {
      assertTrue(value == 0 || Math.abs(value - 4f / 3) < 1e-6);
      zeros += value == 0 ? 1 : 0;
    }
    assertEquals(2500, zeros, 200);
    Pass pass = Pass.training(new Philox(1, 1));
    assertArrayEquals(dropped, block.call(x, pass).toFloats());
    assertFalse(Arrays.equals(dropped, block.call(x, pass).toFloats()));
    assertEquals("dropout: a rate from 0 below 1, not 1.0", error(() -> Dropout.of(1)));
  }

  @Test
  void randomNumbersBelongToTraining() {
    assertEquals(
        "pass: no random numbers outside training",
        assertThrows(IllegalStateException.class, () -> Pass.inference().random()).getMessage());
  }

  @Test
  void activationsAreLayers() {
    Tensor x = scope.tensor(Shape.of(1, 3), -1f, 0f, 2f);
    assertArrayEquals(new float[] {0, 0, 2}, call(Activation.RELU, x).toFloats());
    assertArrayEquals(new float[] {-0.2f, 0, 2}, call(Activation.LEAKY_RELU, x).toFloats(), 1e-7f);
    assertArrayEquals(
        new float[] {(float) (2 * Math.expm1(-1)), 0, 2},
        call(Activation.elu(2), x).toFloats(),
        1e-6f);
    double e = Math.exp(-1);
    assertArrayEquals(
        new float[] {(float) (-1.6732632423543772 * 1.0507009873554805 * (1 - e)), 0, 2.101402f},
        call(Activation.SELU, x).toFloats(),
        1e-5f);
    assertArrayEquals(
        new float[] {-0.15865526f, 0, 1.9544997f}, call(Activation.GELU, x).toFloats(), 1e-6f);
    assertArrayEquals(
        new float[] {-0.26894143f, 0, 1.7615942f}, call(Activation.SILU, x).toFloats(), 1e-6f);
    assertArrayEquals(
        new float[] {0.31326166f, 0.6931472f, 2.126928f},
        call(Activation.SOFTPLUS, x).toFloats(),
        1e-6f);
    assertArrayEquals(
        new float[] {(float) e, 1, (float) Math.exp(2)},
        call(Activation.EXPONENTIAL, x).toFloats(),
        1e-5f);
    assertEquals(1, call(Activation.SOFTMAX, x).sum().value(), 1e-6);
    assertSame(x, call(Activation.LINEAR, x));
    assertEquals("Activation", Activation.SIGMOID.type());
  }

  @Test
  void namesAreChecked() {
    assertEquals(
        "layer: a name is not empty and has no dot: 'a.b'", error(() -> Dense.of(1).named("a.b")));
    Layer named = Dense.of(1).named("a").named("b");
    assertEquals("b", named.name());
    assertEquals("Dense", named.type());
  }

  /** A layer that is named as its author likes. */
  private record Odd(String type) implements Layer {
    @Override
    public Block build(Weights weights, Shape input) {
      throw error("odd", input);
    }
  }

  @Test
  void errorsNameLayersAsVariables() {
    for (String name : List.of("conv2D Conv2D", "rmsNorm RMSNorm", "lstm LSTM", "pReLU PReLU")) {
      String[] both = name.split(" ", 2);
      assertEquals(
          both[0] + ": odd: input [3]", error(() -> new Odd(both[1]).build(weights, Shape.of(3))));
    }
  }

  @Test
  void anInputIsWhatItSays() {
    assertEquals(
        "input: [2] expected: input [3]", error(() -> Input.of(2).build(weights, Shape.of(3))));
  }

  @Test
  void transposedConvolutionSpreadsAndCropsAsKeras() {
    Tensor x = scope.tensor(Shape.of(1, 2, 2, 1), 1f, 2, 3, 4);
    Conv2DTranspose valid =
        Conv2DTranspose.of(1, 3).strides(2).useBias(false).kernel(Initializer.ONES);
    Tensor same = call(valid.padding(Padding.SAME), x, "same");
    assertEquals(Shape.of(1, 4, 4, 1), same.shape());
    assertArrayEquals(
        new float[] {1, 1, 3, 2, 1, 1, 3, 2, 4, 4, 10, 6, 3, 3, 7, 4}, same.toFloats());
    Tensor whole = call(valid, x, "valid");
    assertEquals(Shape.of(1, 5, 5, 1), whole.shape());
    assertArrayEquals(
        new float[] {1, 1, 3, 2, 2, 1, 1, 3, 2, 2, 4, 4, 10, 6, 6, 3, 3, 7, 4, 4, 3, 3, 7, 4, 4},
        whole.toFloats());
    // A step beyond the kernel leaves gaps.
    Tensor gaps = call(Conv2DTranspose.of(1, 1).strides(2).kernel(Initializer.ONES), x, "gaps");
    assertArrayEquals(
        new float[] {1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0}, gaps.toFloats());
  }

  @Test
  void transposedConvolutionStepsAlongEachAxisAndDilates() {
    Tensor x = scope.tensor(Shape.of(1, 2, 2, 1), 1f, 2, 3, 4);
    Conv2DTranspose two = Conv2DTranspose.of(1, 2).kernel(Initializer.ONES);
    Tensor across = call(two.strides(1, 2), x, "across");
    assertEquals(Shape.of(1, 3, 4, 1), across.shape());
    assertArrayEquals(new float[] {1, 1, 2, 2, 4, 4, 6, 6, 3, 3, 4, 4}, across.toFloats());
    Tensor apart = call(two.dilation(2), x, "apart");
    assertEquals(Shape.of(1, 4, 4, 1), apart.shape());
    assertArrayEquals(
        new float[] {1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4}, apart.toFloats());
  }

  /** {@code <conv(x), y> = <x, transposed(y)>} with one kernel. */
  @Test
  void transposedConvolutionIsTheTransposeOfConvolution() {
    for (Padding padding : Padding.values()) {
      for (long stride = 1; stride <= 3; stride++) {
        Tensor kernel = scope.normal(Shape.of(3, 3, 4, 5));
        Tensor x = scope.normal(Shape.of(2, 7, 9, 4));
        Conv2D forth =
            Conv2D.of(5, 3)
                .strides(stride)
                .padding(padding)
                .useBias(false)
                .kernel((target, _) -> kernel.copyInto(target));
        Tensor image = call(forth, x, "forth" + padding + stride);
        Tensor y = scope.normal(image.shape());
        Conv2DTranspose back =
            Conv2DTranspose.of(4, 3)
                .strides(stride)
                .padding(padding)
                .useBias(false)
                .kernel((target, _) -> kernel.copyInto(target));
        Tensor spread = call(back, y, "back" + padding + stride);
        if (spread.shape().equals(x.shape())) {
          assertEquals(image.mul(y).sum().value(), spread.mul(x).sum().value(), 1e-2);
        } else {
          assertTrue(stride > 1, spread.shape().toString());
        }
      }
    }
  }

  @Test
  void layersOfManyInputsCheckThem() {
    assertEquals(
        "add: two inputs or more expected: input [3]",
        error(() -> Add.of().build(weights, Shape.of(3))));
    assertEquals(
        "multiply: shapes do not broadcast: input [3] x [4]",
        error(() -> Multiply.of().build(weights, List.of(Shape.of(3), Shape.of(4)))));
    assertEquals(
        "add: shapes do not broadcast: input [3] x [2, 3]",
        error(() -> Add.of().build(weights, List.of(Shape.of(3), Shape.of(2, 3)))));
    assertEquals(
        "concatenate: shapes differ in other axes than 1: input [2, 3] x [4, 3]",
        error(() -> Concatenate.of().build(weights, List.of(Shape.of(2, 3), Shape.of(4, 3)))));
    assertEquals(
        Shape.of(6, 3),
        Concatenate.of(0).build(weights, List.of(Shape.of(2, 3), Shape.of(4, 3))).output());
    assertEquals(
        "conv2DTranspose: an image [height, width, channels] expected: input [4, 4]",
        error(() -> Conv2DTranspose.of(1, 3).build(weights, Shape.of(4, 4))));
    assertEquals(
        "batchNormalization: at least one axis expected: input []",
        error(() -> BatchNormalization.of().build(weights, Shape.scalar())));
  }
}
