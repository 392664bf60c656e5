package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImageLayersTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor image(long... extents) {
    return scope.range(DType.F32, Shape.of(extents).size()).reshape(extents);
  }

  @Test
  void aDepthwiseConvolutionKeepsChannelsApart() {
    DepthwiseConv2D twice =
        DepthwiseConv2D.of(1)
            .depthMultiplier(2)
            .kernel((target, _) -> target.copyFrom(1f, 10, 100, 1000));
    // Channel 0 is 0 and 2, channel 1 is 1 and 3.
    assertArrayEquals(
        new float[] {0, 0, 100, 1000, 2, 20, 300, 3000},
        Built.call(twice, image(1, 1, 2, 2)).toFloats());
    DepthwiseConv2D sums = DepthwiseConv2D.of(2).kernel(Initializer.ONES);
    assertArrayEquals(new float[] {12, 16}, Built.call(sums, image(1, 2, 2, 2)).toFloats());
    assertArrayEquals(
        new float[] {12, 16, 8, 10, 10, 12, 6, 7},
        Built.call(sums.padding(Padding.SAME), image(1, 2, 2, 2)).toFloats());
    assertArrayEquals(
        new float[] {0, 0},
        Built.call(
                sums.bias(Initializer.constant(-20)).activation(Activation.RELU), image(1, 2, 2, 2))
            .toFloats());
  }

  @Test
  void aSeparableConvolutionIsADepthwiseAndAPointwiseOne() {
    Tensor x = scope.normal(Shape.of(2, 6, 5, 3));
    Weights weights = Weights.random(scope, DType.F32, 1);
    Block block =
        SeparableConv2D.of(4, 3)
            .depthMultiplier(2)
            .strides(2)
            .padding(Padding.SAME)
            .bias(Initializer.ONES)
            .activation(Activation.RELU)
            .build(weights, Shape.of(6, 5, 3));
    Tensor depthwise = weights.parameters().get(0).tensor();
    Tensor pointwise = weights.parameters().get(1).tensor();
    Layer first =
        DepthwiseConv2D.of(3)
            .depthMultiplier(2)
            .strides(2)
            .padding(Padding.SAME)
            .kernel((target, _) -> depthwise.copyInto(target));
    Layer second =
        Conv2D.of(4, 1)
            .kernel((target, _) -> pointwise.copyInto(target))
            .bias(Initializer.ONES)
            .activation(Activation.RELU);
    assertArrayEquals(
        Built.call(second, Built.call(first, x)).toFloats(),
        block.call(x, Pass.inference()).toFloats());
  }

  @Test
  void padsAreZerosAndCropsUndoThem() {
    Tensor x = image(1, 2, 2, 1).add(1);
    Tensor padded = Built.call(ZeroPadding2D.of(1, 0, 0, 2), x);
    assertArrayEquals(new float[] {0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0}, padded.toFloats());
    assertArrayEquals(x.toFloats(), Built.call(Cropping2D.of(1, 0, 0, 2), padded).toFloats());
    Tensor even = Built.call(ZeroPadding2D.of(2, 1), x);
    assertEquals(Shape.of(1, 6, 4, 1), even.shape());
    assertArrayEquals(x.toFloats(), Built.call(Cropping2D.of(2, 1), even).toFloats());
    assertArrayEquals(
        x.toFloats(), Built.call(Cropping2D.of(3), Built.call(ZeroPadding2D.of(3), x)).toFloats());
  }

  @Test
  void pixelsAreRepeated() {
    Tensor x = scope.tensor(Shape.of(1, 1, 2, 2), 1f, 2, 3, 4);
    assertArrayEquals(
        new float[] {1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4},
        Built.call(UpSampling2D.of(2), x).toFloats());
  }

  /** Places 0 and 1 twice as dense lie at -0.25, 0.25, 0.75 and 1.25. */
  @Test
  void pixelsAreInterpolatedBetweenTheirCentres() {
    UpSampling2D twice = UpSampling2D.of(2).interpolation(UpSampling2D.Interpolation.BILINEAR);
    Tensor row = scope.tensor(Shape.of(1, 1, 2, 1), 0f, 4);
    assertArrayEquals(
        new float[] {0, 1, 3, 4, 0, 1, 3, 4}, Built.call(twice, row).toFloats(), 1e-6f);
    Tensor square = scope.tensor(Shape.of(1, 2, 2, 1), 0f, 4, 8, 12);
    assertArrayEquals(
        new float[] {0, 1, 3, 4, 2, 3, 5, 6, 6, 7, 9, 10, 8, 9, 11, 12},
        Built.call(twice, square).toFloats(),
        1e-5f);
    Tensor flat = scope.full(DType.F32, Shape.of(2, 3, 4, 2), 7);
    for (float value : Built.call(twice, flat).toFloats()) {
      assertEquals(7, value, 1e-5f);
    }
  }

  @Test
  void axesAreOrderedFromOne() {
    assertArrayEquals(
        new float[] {0, 3, 1, 4, 2, 5}, Built.call(Permute.of(2, 1), image(1, 2, 3)).toFloats());
    assertEquals(Shape.of(2, 5, 3, 4), Built.call(Permute.of(3, 1, 2), image(2, 3, 4, 5)).shape());
    assertEquals(
        "permute: [0, 1] is no order of the axes [1, 2]: input [3, 4]",
        Built.error(Permute.of(0, 1), Shape.of(3, 4)));
  }

  @Test
  void globalPoolsSeeAllPlaces() {
    Tensor x = scope.tensor(Shape.of(1, 2, 2, 2), 1f, -1, 2, -2, 3, -3, 6, -6);
    assertArrayEquals(new float[] {6, -1}, Built.call(GlobalMaxPooling2D.of(), x).toFloats());
    assertArrayEquals(new float[] {3, -3}, Built.call(GlobalAveragePooling2D.of(), x).toFloats());
    assertEquals(
        Shape.of(1, 1, 1, 2), Built.call(GlobalAveragePooling2D.of().keepDims(true), x).shape());
  }

  @Test
  void aLearnedSlopeIsSharedAlongAxes() {
    Tensor x = scope.tensor(Shape.of(1, 2, 2), -1f, 2, 3, -4);
    Initializer slopes = (target, _) -> target.copyFrom(0.5f, 0.25f);
    assertArrayEquals(
        new float[] {-0.5f, 2, 3, -1},
        Built.call(PReLU.of().sharedAxes(1).alpha(slopes), x).toFloats());
    assertArrayEquals(
        new float[] {-0.5f, 2, 3, -1},
        Built.call(PReLU.of().sharedAxes(2).alpha(slopes), x).toFloats());
    assertArrayEquals(new float[] {0, 2, 3, 0}, Built.call(PReLU.of(), x).toFloats());
    assertEquals(
        "pReLU: no axis 3, counted from one, to share: input [2, 2]",
        Built.error(PReLU.of().sharedAxes(3), Shape.of(2, 2)));
  }

  @Test
  void activationsFollowTheirFormulas() {
    Tensor x = scope.tensor(Shape.of(1, 5), -4f, -1.5f, 0, 1.5f, 7);
    assertArrayEquals(
        new float[] {0, 0.25f, 0.5f, 0.75f, 1}, Activation.HARD_SIGMOID.apply(x).toFloats(), 1e-6f);
    assertArrayEquals(
        new float[] {0, -0.375f, 0, 1.125f, 7}, Activation.HARD_SILU.apply(x).toFloats(), 1e-5f);
    assertArrayEquals(
        new float[] {-0.8f, -0.6f, 0, 0.6f, 0.875f},
        Activation.SOFTSIGN.apply(x).toFloats(),
        1e-6f);
    assertArrayEquals(new float[] {0, 0, 0, 1.5f, 6}, Activation.RELU6.apply(x).toFloats());
    double[] mish = new double[5];
    for (int i = 0; i < mish.length; i++) {
      double value = x.value(0, i);
      mish[i] = value * Math.tanh(Math.log1p(Math.exp(value)));
    }
    for (int i = 0; i < mish.length; i++) {
      assertEquals(mish[i], Activation.MISH.apply(x).value(0, i), 1e-5);
    }
    assertEquals(1, Activation.LOG_SOFTMAX.apply(x).exp().sum().value(), 1e-5);
    Tensor square = scope.normal(Shape.of(1, 3, 2));
    assertArrayEquals(
        new float[] {1, 1}, Activation.softmax(1).apply(square).sum(1).toFloats(), 1e-6f);
    Tensor exact = Activation.GELU.apply(x).sub(Activation.GELU_TANH.apply(x));
    assertTrue(Math.abs(exact.min().value()) < 1e-3 && exact.max().value() < 1e-3);
  }

  @Test
  void layersCheckTheirImages() {
    for (Layer layer :
        new Layer[] {
          DepthwiseConv2D.of(3),
          SeparableConv2D.of(2, 3),
          ZeroPadding2D.of(1),
          Cropping2D.of(1),
          UpSampling2D.of(2),
          GlobalMaxPooling2D.of(),
          GlobalAveragePooling2D.of(),
          SpatialDropout2D.of(0.5)
        }) {
      String name = layer.type();
      assertEquals(
          Character.toLowerCase(name.charAt(0))
              + name.substring(1)
              + ": an image [height, width, channels] expected: input [4, 4]",
          Built.error(layer, Shape.of(4, 4)));
    }
    assertEquals(
        "depthwiseConv2D: a window of 5 x 5 does not fit: input [4, 8, 3]",
        Built.error(DepthwiseConv2D.of(5), Shape.of(4, 8, 3)));
    assertEquals(
        "depthwiseConv2D: a depth multiplier of at least one, not 0",
        Built.error(() -> DepthwiseConv2D.of(3).depthMultiplier(0)));
    assertEquals(
        "separableConv2D: filters and a depth multiplier of at least one, not 0 and 1",
        Built.error(() -> SeparableConv2D.of(0, 3)));
    assertEquals(
        "zeroPadding2D: pads of 0 or more, not -1, -1, -1 and -1",
        Built.error(() -> ZeroPadding2D.of(-1)));
    assertEquals(
        "cropping2D: crops of 0 or more, not -1, -1, -1 and -1",
        Built.error(() -> Cropping2D.of(-1)));
    assertEquals(
        "cropping2D: nothing is left without 1 and 1 rows, 2 and 2 columns: input [3, 4, 1]",
        Built.error(Cropping2D.of(1, 2), Shape.of(3, 4, 1)));
    assertEquals(
        "upSampling2D: factors of at least one, not 0 and 0",
        Built.error(() -> UpSampling2D.of(0)));
  }
}
