package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class Conv3DTest {
  private static final int BATCH = 2;
  private static final long[] VOLUME = {6, 5, 7};
  private static final int CHANNELS = 4;
  private static final int FILTERS = 6;
  private static final long[] KERNEL = {3, 2, 3};

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  /** The definition, with pads before each axis. */
  private static float[] defined(
      float[] x, float[] w, long[] out, long[] pads, long stride, long dilation, int groups) {
    int inGroup = CHANNELS / groups;
    int outGroup = FILTERS / groups;
    float[] y = new float[(int) (BATCH * out[0] * out[1] * out[2] * FILTERS)];
    int at = 0;
    for (int n = 0; n < BATCH; n++) {
      for (long d = 0; d < out[0]; d++) {
        for (long h = 0; h < out[1]; h++) {
          for (long v = 0; v < out[2]; v++) {
            for (int f = 0; f < FILTERS; f++) {
              double sum = 0;
              for (int tap = 0; tap < KERNEL[0] * KERNEL[1] * KERNEL[2]; tap++) {
                long kd = tap / KERNEL[2] / KERNEL[1];
                long kh = tap / KERNEL[2] % KERNEL[1];
                long kw = tap % KERNEL[2];
                long z = d * stride + kd * dilation - pads[0];
                long r = h * stride + kh * dilation - pads[1];
                long c = v * stride + kw * dilation - pads[2];
                if (z < 0 || z >= VOLUME[0] || r < 0 || r >= VOLUME[1] || c < 0 || c >= VOLUME[2]) {
                  continue;
                }
                for (int i = 0; i < inGroup; i++) {
                  long from = (((n * VOLUME[0] + z) * VOLUME[1] + r) * VOLUME[2] + c) * CHANNELS;
                  int channel = f / outGroup * inGroup + i;
                  sum += x[(int) from + channel] * (double) w[(tap * inGroup + i) * FILTERS + f];
                }
              }
              y[at++] = (float) sum;
            }
          }
        }
      }
    }
    return y;
  }

  private void check(Conv3D layer, long[] out, long[] pads, long stride, long dilation) {
    Tensor x = scope.normal(Shape.of(BATCH, VOLUME[0], VOLUME[1], VOLUME[2], CHANNELS));
    int groups = (int) layer.groups();
    Tensor w = scope.normal(Shape.of(KERNEL[0], KERNEL[1], KERNEL[2], CHANNELS / groups, FILTERS));
    Initializer copy = (target, _) -> w.copyInto(target);
    Tensor y = Built.call(layer.kernel(copy), x);
    assertEquals(Shape.of(BATCH, out[0], out[1], out[2], FILTERS), y.shape());
    float[] expected = defined(x.toFloats(), w.toFloats(), out, pads, stride, dilation, groups);
    assertArrayEquals(expected, y.toFloats(), 1e-4f);
  }

  @Test
  void isItsDefinition() {
    Conv3D layer = Conv3D.of(FILTERS, KERNEL[0], KERNEL[1], KERNEL[2]);
    for (int groups : List.of(1, 2)) {
      Conv3D grouped = layer.groups(groups);
      check(grouped, new long[] {4, 4, 5}, new long[3], 1, 1);
      check(grouped.padding(Padding.SAME), new long[] {6, 5, 7}, new long[] {1, 0, 1}, 1, 1);
      check(
          grouped.padding(Padding.SAME).strides(2),
          new long[] {3, 3, 4},
          new long[] {0, 0, 1},
          2,
          1);
      check(grouped.dilation(2), new long[] {2, 3, 3}, new long[3], 1, 2);
    }
  }

  @Test
  void addsTheBiasAndTheActivation() {
    Tensor x = scope.zeros(DType.F32, Shape.of(1, 2, 2, 2, 1));
    Conv3D layer = Conv3D.of(2, 2).bias((target, _) -> target.copyFrom(3f, -3f));
    assertArrayEquals(new float[] {3, -3}, Built.call(layer, x).toFloats());
    assertArrayEquals(
        new float[] {3, 0}, Built.call(layer.activation(Activation.RELU), x).toFloats());
  }

  @Test
  void refusesWhatItDoesNotFit() {
    Conv3D layer = Conv3D.of(2, 3);
    assertEquals(
        "conv3D: a volume [depth, height, width, channels] expected: input [4, 4, 1]",
        Built.error(layer, Shape.of(4, 4, 1)));
    assertEquals(
        "conv3D: a window of 3 slices does not fit: input [2, 4, 4, 1]",
        Built.error(layer, Shape.of(2, 4, 4, 1)));
    assertEquals(
        "conv3D: 2 groups do not divide the channels: input [4, 4, 4, 1]",
        Built.error(layer.groups(2), Shape.of(4, 4, 4, 1)));
    assertEquals(
        "conv3D: 3 filters do not divide into 2 groups",
        Built.error(() -> Conv3D.of(3, 3).groups(2)));
  }
}
