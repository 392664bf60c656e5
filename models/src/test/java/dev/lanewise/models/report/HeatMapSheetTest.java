package dev.lanewise.models.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.inspect.GradientStatistics;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Statistics;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HeatMapSheetTest {
  private static final int SIDE = 8;

  private static int[] colour(BufferedImage sheet, int column, int x, int y) {
    // Three pixels for one, six between pictures, a caption of 18 above.
    int rgb = sheet.getRGB(6 + column * (3 * SIDE + 6) + 3 * x + 1, 18 + 3 * y + 1);
    return new int[] {rgb >> 16 & 0xFF, rgb >> 8 & 0xFF, rgb & 0xFF};
  }

  @Test
  void positiveIsRedAndNegativeIsBlue() {
    HeatMapSheet sheet = new HeatMapSheet(1, SIDE, List.of("map", "empty"));
    float[] pixels = new float[SIDE * SIDE];
    pixels[0] = 1;
    sheet.add("caption", pixels, List.of(new float[] {5, 5, -5, -5}, new float[SIDE * SIDE]));
    BufferedImage picture = sheet.picture();
    assertEquals(255, colour(picture, 0, 0, 0)[2], "the picture itself is grey");
    assertEquals(0, colour(picture, 0, 1, 0)[0]);
    int[] top = colour(picture, 1, 4, 0);
    int[] bottom = colour(picture, 1, 4, SIDE - 1);
    assertTrue(top[0] > 200 && top[2] == 0, "red");
    assertTrue(bottom[2] > 200 && bottom[0] == 0, "blue");
    int[] middle = colour(picture, 1, 4, SIDE / 2);
    assertTrue(middle[2] > 0 && middle[2] < 100, "between them little of either");
    assertEquals(colour(picture, 2, 0, 0)[0], colour(picture, 2, 0, 0)[2], "no heat in zeros");
  }

  @Test
  void thereAreAsManyMapsAsTitles() {
    HeatMapSheet sheet = new HeatMapSheet(1, SIDE, List.of("map"));
    assertEquals(
        "heatMapSheet: 0 maps for the titles [map]",
        assertThrows(
                IllegalArgumentException.class,
                () -> sheet.add("caption", new float[SIDE * SIDE], List.of()))
            .getMessage());
  }

  @Test
  void normsOfZeroAreDrawnToo() {
    Statistics some = new Statistics(Shape.of(1), 1, 1, 1, 1, 0, 0);
    Statistics none = new Statistics(Shape.of(1), 0, 0, 0, 0, 0, 0);
    BufferedImage mixed =
        GradientChart.of(
            List.of(
                new GradientStatistics("a", some, none), new GradientStatistics("b", some, some)));
    BufferedImage empty = GradientChart.of(List.of(new GradientStatistics("a", none, none)));
    assertTrue(blues(mixed) > 500, "bars: " + blues(mixed));
    assertEquals(0, blues(empty));
  }

  /** How many pixels are clearly blue, as the bars of gradients are. */
  private static int blues(BufferedImage picture) {
    int blues = 0;
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int rgb = picture.getRGB(x, y);
        blues += (rgb & 0xFF) - (rgb >> 16 & 0xFF) > 100 ? 1 : 0;
      }
    }
    return blues;
  }
}
