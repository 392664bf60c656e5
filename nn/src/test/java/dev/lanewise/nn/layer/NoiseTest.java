package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NoiseTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor trained(Layer layer, Tensor x, long seed) {
    Block block = layer.build(Weights.random(scope, DType.F32, 1), x.shape().without(0));
    return block.call(x, Pass.training(new Philox(seed, 1)));
  }

  @Test
  void nothingHappensOutsideTraining() {
    Tensor x = scope.normal(Shape.of(2, 3, 4, 5));
    for (Layer layer :
        List.of(GaussianNoise.of(1), GaussianDropout.of(0.5), SpatialDropout2D.of(0.5))) {
      assertSame(x, Built.call(layer, x));
      assertNotEquals(x.toString(), trained(layer, x, 1).toString());
      assertArrayEquals(trained(layer, x, 1).toFloats(), trained(layer, x, 1).toFloats());
      assertNotEquals(trained(layer, x, 1).toString(), trained(layer, x, 2).toString());
    }
    for (Layer layer :
        List.of(GaussianNoise.of(0), GaussianDropout.of(0), SpatialDropout2D.of(0))) {
      assertSame(x, trained(layer, x, 1));
    }
  }

  @Test
  void noiseHasItsDeviation() {
    Tensor x = scope.full(DType.F32, Shape.of(100, 100), 5);
    Tensor noise = trained(GaussianNoise.of(0.5), x, 1).sub(5);
    assertEquals(0, noise.mean().value(), 0.02);
    assertEquals(0.25, noise.square().mean().value(), 0.02);
    // A rate of 0.2 has variance 0.2 / 0.8, times 5 squared.
    Tensor times = trained(GaussianDropout.of(0.2), x, 1).sub(5);
    assertEquals(0, times.mean().value(), 0.1);
    assertEquals(6.25, times.square().mean().value(), 0.4);
  }

  @Test
  void spatialDropoutDropsWholeChannels() {
    Tensor image = scope.full(DType.F32, Shape.of(40, 3, 2, 50), 1);
    channels(trained(SpatialDropout2D.of(0.25), image, 1), 40, 6, 50);
    Tensor sequence = scope.full(DType.F32, Shape.of(40, 7, 50), 1);
    channels(trained(SpatialDropout1D.of(0.25), sequence, 1), 40, 7, 50);
  }

  private static void channels(Tensor y, int samples, int places, int channels) {
    float[] values = y.toFloats();
    int dropped = 0;
    for (int n = 0; n < samples; n++) {
      for (int c = 0; c < channels; c++) {
        float value = values[n * places * channels + c];
        assertEquals(value == 0 ? 0 : 4f / 3, value, 1e-6f);
        dropped += value == 0 ? 1 : 0;
        for (int place = 1; place < places; place++) {
          assertEquals(value, values[(n * places + place) * channels + c]);
        }
      }
    }
    assertEquals(0.25 * samples * channels, dropped, 60);
  }

  @Test
  void ratesAreChecked() {
    assertEquals(
        "gaussianNoise: a deviation of 0 or more, not -1.0",
        Built.error(() -> GaussianNoise.of(-1)));
    assertEquals(
        "gaussianDropout: a rate from 0 below 1, not 1.0",
        Built.error(() -> GaussianDropout.of(1)));
    assertEquals(
        "spatialDropout1D: a rate from 0 below 1, not -0.5",
        Built.error(() -> SpatialDropout1D.of(-0.5)));
    assertEquals(
        "spatialDropout2D: a rate from 0 below 1, not NaN",
        Built.error(() -> SpatialDropout2D.of(Double.NaN)));
  }
}
