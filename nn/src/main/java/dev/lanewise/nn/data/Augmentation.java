package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;
import java.util.List;

/**
 * A random change of one sample of f32 that leaves its label as it is.
 *
 * <p>Images are {@code [height, width, channels]}, row-major. What is drawn is a function of the
 * stream alone. Implementations are immutable; threads may share them.
 */
@FunctionalInterface
public interface Augmentation {
  /**
   * Changes a sample in place.
   *
   * @param values of the sample, row-major
   * @param extents of the sample
   * @param stream the random numbers of this sample
   */
  void apply(float[] values, List<Long> extents, Philox stream);

  /**
   * Moves, turns and zooms an image about its middle, by bilinear interpolation; what comes in from
   * outside is zero.
   *
   * @param shift in parts of the extent: up to so much in each direction
   * @param rotation in degrees: up to so much to either side
   * @param zoom up to so much larger or smaller: 0.1 for 0.9 to 1.1
   */
  static Augmentation affine(double shift, double rotation, double zoom) {
    if (!(shift >= 0 && rotation >= 0 && zoom >= 0 && zoom < 1)) {
      throw new IllegalArgumentException(
          "affine: shift %s, rotation %s, zoom %s: none negative and a zoom below 1"
              .formatted(shift, rotation, zoom));
    }
    return (values, extents, stream) -> {
      double angle = Math.toRadians(between(-rotation, rotation, stream, 0));
      double scale = between(1 - zoom, 1 + zoom, stream, 1);
      double down = between(-shift, shift, stream, 2) * height(extents);
      double across = between(-shift, shift, stream, 3) * width(extents);
      warp(
          values,
          extents,
          StrictMath.cos(angle) / scale,
          StrictMath.sin(angle) / scale,
          down,
          across);
    };
  }

  /** Mirrors one image in two from left to right. */
  static Augmentation flip() {
    return (values, extents, stream) -> {
      int height = height(extents);
      int width = width(extents);
      int channels = channels(extents);
      if (stream.uniform(0) < 0.5) {
        for (int row = 0; row < height * width * channels; row += width * channels) {
          for (int x = 0; x < width / 2; x++) {
            for (int c = 0; c < channels; c++) {
              int left = row + x * channels + c;
              int right = row + (width - 1 - x) * channels + c;
              float kept = values[left];
              values[left] = values[right];
              values[right] = kept;
            }
          }
        }
      }
    };
  }

  /** Adds normal noise to every value of a sample of any shape, and keeps it from 0 to 1. */
  static Augmentation noise(double deviation) {
    return (values, extents, stream) -> {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) Math.clamp(values[i] + deviation * stream.normal(i), 0, 1);
      }
    };
  }

  /**
   * Sets a square of {@code side} pixels, somewhere in the image, to zero (DeVries et al. 2017).
   */
  static Augmentation cutout(int side) {
    return (values, extents, stream) -> {
      int height = height(extents);
      int width = width(extents);
      int channels = channels(extents);
      int top = (int) between(-side / 2.0, height - side / 2.0, stream, 0);
      int left = (int) between(-side / 2.0, width - side / 2.0, stream, 1);
      for (int y = Math.max(0, top); y < Math.min(height, top + side); y++) {
        for (int x = Math.max(0, left); x < Math.min(width, left + side); x++) {
          int at = (y * width + x) * channels;
          java.util.Arrays.fill(values, at, at + channels, 0);
        }
      }
    };
  }

  private static double between(double low, double high, Philox stream, long index) {
    return low + (high - low) * stream.uniform(index);
  }

  private static int height(List<Long> extents) {
    if (extents.size() != 3) {
      throw new IllegalArgumentException(
          "augmentation: an image [height, width, channels] expected: " + extents);
    }
    return Math.toIntExact(extents.get(0));
  }

  private static int width(List<Long> extents) {
    return Math.toIntExact(extents.get(1));
  }

  private static int channels(List<Long> extents) {
    return Math.toIntExact(extents.get(2));
  }

  /** Each pixel from where the inverse map, {@code [cos -sin; sin cos]}, takes it. */
  private static void warp(
      float[] values, List<Long> extents, double cos, double sin, double down, double across) {
    int height = height(extents);
    int width = width(extents);
    int channels = channels(extents);
    float[] from = values.clone();
    double middleY = (height - 1) / 2.0;
    double middleX = (width - 1) / 2.0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double v = y - middleY - down;
        double u = x - middleX - across;
        double fromY = middleY + cos * v - sin * u;
        double fromX = middleX + sin * v + cos * u;
        int top = (int) Math.floor(fromY);
        int left = (int) Math.floor(fromX);
        float b = (float) (fromY - top);
        float a = (float) (fromX - left);
        for (int c = 0; c < channels; c++) {
          float above =
              (1 - a) * pixel(from, height, width, channels, top, left, c)
                  + a * pixel(from, height, width, channels, top, left + 1, c);
          float below =
              (1 - a) * pixel(from, height, width, channels, top + 1, left, c)
                  + a * pixel(from, height, width, channels, top + 1, left + 1, c);
          values[(y * width + x) * channels + c] = (1 - b) * above + b * below;
        }
      }
    }
  }

  private static float pixel(
      float[] image, int height, int width, int channels, int y, int x, int c) {
    return y < 0 || y >= height || x < 0 || x >= width ? 0 : image[(y * width + x) * channels + c];
  }
}
