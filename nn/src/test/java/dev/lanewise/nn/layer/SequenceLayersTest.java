package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SequenceLayersTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor sequence(float... values) {
    return scope.tensor(Shape.of(1, values.length, 1), values);
  }

  private static Conv1D sums(long kernel) {
    return Conv1D.of(1, kernel).kernel(Initializer.ONES);
  }

  @Test
  void aConvolutionWeighsNeighbours() {
    Tensor x = sequence(1, 2, 3, 4, 5);
    Conv1D conv =
        Conv1D.of(1, 2)
            .kernel((target, _) -> target.copyFrom(10f, 1))
            .bias(Initializer.constant(0.5));
    assertArrayEquals(new float[] {12.5f, 23.5f, 34.5f, 45.5f}, Built.call(conv, x).toFloats());
    assertArrayEquals(
        new float[] {3, 6, 9, 12, 9}, Built.call(sums(3).padding(Padding.SAME), x).toFloats());
    assertArrayEquals(
        new float[] {3, 9, 9}, Built.call(sums(3).padding(Padding.SAME).strides(2), x).toFloats());
    assertArrayEquals(new float[] {4, 6, 8}, Built.call(sums(2).dilation(2), x).toFloats());
    assertArrayEquals(
        new float[] {0, 0, 0, 0}, Built.call(conv.activation(Activation.RELU), x.neg()).toFloats());
  }

  @Test
  void aCausalConvolutionLooksBack() {
    Tensor x = sequence(1, 2, 3, 4, 5);
    Conv1D causal = sums(3).causal(true);
    assertArrayEquals(new float[] {1, 3, 6, 9, 12}, Built.call(causal, x).toFloats());
    assertArrayEquals(new float[] {1, 2, 4, 6, 9}, Built.call(causal.dilation(2), x).toFloats());
    assertArrayEquals(new float[] {1, 6, 12}, Built.call(causal.strides(2), x).toFloats());
    assertArrayEquals(new float[] {6, 9, 12}, Built.call(causal.causal(false), x).toFloats());
  }

  @Test
  void aConvolutionIsThatOfAnImageOfHeightOne() {
    Tensor x = scope.normal(Shape.of(2, 9, 4));
    Tensor kernel = scope.normal(Shape.of(3, 2, 6));
    Initializer copy = (target, _) -> kernel.reshape(target.shape()).copyInto(target);
    Tensor image = x.reshape(2, 1, 9, 4);
    for (Padding padding : Padding.values()) {
      assertArrayEquals(
          Built.call(Conv2D.of(6, 1, 3).groups(2).padding(padding).kernel(copy), image).toFloats(),
          Built.call(Conv1D.of(6, 3).groups(2).padding(padding).kernel(copy), x).toFloats());
    }
  }

  @Test
  void poolsTakeTheGreatestOrTheMean() {
    Tensor x = sequence(3, 1, 2, 5, 4);
    assertArrayEquals(new float[] {3, 5}, Built.call(MaxPooling1D.of(2), x).toFloats());
    assertArrayEquals(
        new float[] {3, 5},
        Built.call(MaxPooling1D.of(2), Pass.training(new Philox(1, 1)), x).toFloats());
    assertArrayEquals(new float[] {2, 3.5f}, Built.call(AveragePooling1D.of(2), x).toFloats());
    assertArrayEquals(
        new float[] {3, 5, 4}, Built.call(MaxPooling1D.of(2).padding(Padding.SAME), x).toFloats());
    assertArrayEquals(
        new float[] {2, 3.5f, 4},
        Built.call(AveragePooling1D.of(2).padding(Padding.SAME), x).toFloats());
    assertArrayEquals(
        new float[] {3, 2, 5, 5}, Built.call(MaxPooling1D.of(2).strides(1), x).toFloats());
    assertArrayEquals(new float[] {5}, Built.call(GlobalMaxPooling1D.of(), x).toFloats());
    assertArrayEquals(new float[] {3}, Built.call(GlobalAveragePooling1D.of(), x).toFloats());
  }

  @Test
  void layersCheckTheirSequences() {
    assertEquals(
        "conv1D: a sequence [length, channels] expected: input [5]",
        Built.error(Conv1D.of(1, 3), Shape.of(5)));
    assertEquals(
        "conv1D: a window of 5 does not fit: input [4, 2]",
        Built.error(Conv1D.of(1, 3).dilation(2), Shape.of(4, 2)));
    assertEquals(
        "conv1D: 2 groups do not divide the channels: input [4, 3]",
        Built.error(Conv1D.of(2, 3).groups(2), Shape.of(4, 3)));
    assertEquals(
        "conv1D: 3 filters do not divide into 2 groups",
        Built.error(() -> Conv1D.of(3, 3).groups(2)));
    assertEquals(
        "maxPooling1D: a window of 5 does not fit: input [4, 2]",
        Built.error(MaxPooling1D.of(5), Shape.of(4, 2)));
    assertEquals(
        "averagePooling1D: a sequence [length, channels] expected: input [4, 2, 1]",
        Built.error(AveragePooling1D.of(5), Shape.of(4, 2, 1)));
    assertEquals(
        "globalMaxPooling1D: a sequence [length, channels] expected: input []",
        Built.error(GlobalMaxPooling1D.of(), Shape.scalar()));
    assertEquals(
        "spatialDropout1D: a sequence [length, channels] expected: input [2]",
        Built.error(SpatialDropout1D.of(0.1), Shape.of(2)));
  }
}
