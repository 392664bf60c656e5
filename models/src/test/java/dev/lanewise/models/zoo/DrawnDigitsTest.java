package dev.lanewise.models.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.data.DataSet;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class DrawnDigitsTest {
  private static final int COUNT = 200;

  @SuppressWarnings("ArrayRecordComponent")
  private record Drawn(float[] pixels, int[] labels) {
    static Drawn of(long seed) {
      DataSet digits = DrawnDigits.of(COUNT, seed);
      assertEquals(COUNT, digits.size());
      assertEquals(Spec.of(DType.F32, Shape.of(28, 28, 1)), digits.features());
      try (Scope scope = Scope.open("drawn")) {
        Tensor pixels = scope.empty(DType.F32, Shape.of(COUNT, 28, 28, 1));
        Tensor labels = scope.empty(DType.I32, Shape.of(COUNT));
        for (int i = 0; i < COUNT; i++) {
          digits.readFeatures(i, i, pixels);
          digits.readLabel(i, i, labels);
        }
        return new Drawn(pixels.toFloats(), labels.toInts());
      }
    }
  }

  @Test
  void theSeedDecidesEverything() {
    Drawn digits = Drawn.of(3);
    Drawn again = Drawn.of(3);
    Drawn others = Drawn.of(4);
    assertArrayEquals(digits.pixels(), again.pixels());
    assertArrayEquals(digits.labels(), again.labels());
    assertFalse(Arrays.equals(digits.pixels(), others.pixels()));
  }

  @Test
  void classesHaveEqualShares() {
    int[] counts = new int[10];
    for (int label : Drawn.of(5).labels()) {
      counts[label]++;
    }
    assertArrayEquals(new int[] {20, 20, 20, 20, 20, 20, 20, 20, 20, 20}, counts);
  }

  @Test
  void everyPictureHasInkAndBackground() {
    float[] pixels = Drawn.of(6).pixels();
    for (int i = 0; i < COUNT; i++) {
      int light = 0;
      for (int p = 0; p < 784; p++) {
        float value = pixels[i * 784 + p];
        assertTrue(value >= 0 && value <= 1, "picture " + i + " pixel " + p + ": " + value);
        light += value > 0.5f ? 1 : 0;
      }
      assertTrue(light > 10 && light < 400, "picture " + i + " has " + light + " light pixels");
    }
  }
}
