package dev.lanewise.models.cli;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Turns any picture of one digit into what MNIST would have made of it: light on dark, the digit
 * scaled to fit 20 by 20 and its centre of mass in the middle of 28 by 28.
 */
final class DigitPicture {
  private static final int SIDE = 28;
  private static final int BOX = 20;

  private DigitPicture() {}

  /**
   * Reads a picture as 784 values between 0 and 1.
   *
   * @throws IOException if there is no such file, it is no picture, or it is of one colour
   */
  static float[] read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + ": no such file");
    }
    BufferedImage picture = ImageIO.read(file.toFile());
    if (picture == null) {
      throw new IOException(file + ": not a picture: PNG, JPEG, GIF or BMP expected");
    }
    float[][] ink = ink(picture);
    int[] box = box(ink);
    if (box == null) {
      throw new IOException(file + ": no digit to be seen: the picture is of one colour");
    }
    return centred(scaled(ink, box));
  }

  /** Grey values stretched to 0 to 1, the background (the border's mean) being 0. */
  private static float[][] ink(BufferedImage picture) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    float[][] grey = new float[height][width];
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    double border = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int argb = picture.getRGB(x, y);
        float opaque = (argb >>> 24) / 255f;
        float light =
            0.299f * (argb >> 16 & 0xFF) + 0.587f * (argb >> 8 & 0xFF) + 0.114f * (argb & 0xFF);
        grey[y][x] = opaque * light + (1 - opaque) * 255;
        least = Math.min(least, grey[y][x]);
        most = Math.max(most, grey[y][x]);
        if (y == 0 || x == 0 || y == height - 1 || x == width - 1) {
          border += grey[y][x];
        }
      }
    }
    border /= Math.max(1, 2.0 * (width + height) - 4);
    boolean darkOnLight = border > (least + most) / 2;
    float range = most - least;
    for (float[] row : grey) {
      for (int x = 0; x < width; x++) {
        float stretched = range == 0 ? 0 : (row[x] - least) / range;
        row[x] = range == 0 ? 0 : darkOnLight ? 1 - stretched : stretched;
      }
    }
    return grey;
  }

  /** Left, top, right, bottom (exclusive) of what is clearly ink, or null. */
  private static int[] box(float[][] ink) {
    int[] box = {Integer.MAX_VALUE, Integer.MAX_VALUE, 0, 0};
    for (int y = 0; y < ink.length; y++) {
      for (int x = 0; x < ink[y].length; x++) {
        if (ink[y][x] > 0.3f) {
          box[0] = Math.min(box[0], x);
          box[1] = Math.min(box[1], y);
          box[2] = Math.max(box[2], x + 1);
          box[3] = Math.max(box[3], y + 1);
        }
      }
    }
    return box[2] == 0 ? null : box;
  }

  /** The box's content scaled so that its longer side is {@link #BOX} pixels. */
  private static BufferedImage scaled(float[][] ink, int[] box) {
    int width = box[2] - box[0];
    int height = box[3] - box[1];
    BufferedImage cut = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        cut.getRaster().setSample(x, y, 0, Math.round(255 * ink[box[1] + y][box[0] + x]));
      }
    }
    while (Math.max(cut.getWidth(), cut.getHeight()) > 2 * BOX) {
      cut = resized(cut, Math.ceilDiv(cut.getWidth(), 2), Math.ceilDiv(cut.getHeight(), 2));
    }
    double scale = (double) BOX / Math.max(cut.getWidth(), cut.getHeight());
    return resized(
        cut,
        Math.max(1, (int) Math.round(scale * cut.getWidth())),
        Math.max(1, (int) Math.round(scale * cut.getHeight())));
  }

  private static BufferedImage resized(BufferedImage picture, int width, int height) {
    BufferedImage smaller = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = smaller.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(picture, 0, 0, width, height, null);
    graphics.dispose();
    return smaller;
  }

  private static float[] centred(BufferedImage digit) {
    double mass = 0;
    double massX = 0;
    double massY = 0;
    for (int y = 0; y < digit.getHeight(); y++) {
      for (int x = 0; x < digit.getWidth(); x++) {
        int value = digit.getRaster().getSample(x, y, 0);
        mass += value;
        massX += (double) value * x;
        massY += (double) value * y;
      }
    }
    int left = offset(massX / mass, digit.getWidth());
    int top = offset(massY / mass, digit.getHeight());
    float[] pixels = new float[SIDE * SIDE];
    for (int y = 0; y < digit.getHeight(); y++) {
      for (int x = 0; x < digit.getWidth(); x++) {
        pixels[(top + y) * SIDE + left + x] = digit.getRaster().getSample(x, y, 0) / 255f;
      }
    }
    return pixels;
  }

  /** Where an extent starts so that its centre of mass is in the middle, as far as it fits. */
  private static int offset(double centre, int extent) {
    return Math.clamp(Math.round(SIDE / 2.0 - 0.5 - centre), 0, SIDE - extent);
  }
}
