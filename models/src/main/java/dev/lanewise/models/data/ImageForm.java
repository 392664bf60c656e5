package dev.lanewise.models.data;

import dev.lanewise.tensor.Shape;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * The size and the channels that images are brought to, whatever they were.
 *
 * <p>Images are {@code [height, width, channels]}, row-major. An axis that shrinks is averaged over
 * the area of each pixel, one that grows is interpolated linearly between the pixels' middles; the
 * sides' ratio is not kept. Grey is {@code 0.299 red + 0.587 green + 0.114 blue} (Rec. 601).
 * Transparency and the orientation that EXIF states are ignored.
 *
 * @param channels 1 for grey, 3 for red, green and blue
 */
public record ImageForm(int height, int width, int channels) {
  private static final int MOST_PIXELS = 100_000_000;

  public ImageForm {
    if (height < 1 || width < 1 || (channels != 1 && channels != 3)) {
      throw new IllegalArgumentException(
          "imageForm: %d x %d pixels of %d channels: at least 1 x 1, 1 or 3 channels"
              .formatted(height, width, channels));
    }
    Math.multiplyExact(Math.multiplyExact(height, width), channels);
  }

  /** Images of one channel. */
  public static ImageForm grey(int height, int width) {
    return new ImageForm(height, width, 1);
  }

  /** Images of red, green and blue. */
  public static ImageForm rgb(int height, int width) {
    return new ImageForm(height, width, 3);
  }

  /** {@code [height, width, channels]}. */
  public Shape shape() {
    return Shape.of(height, width, channels);
  }

  /**
   * Reads an image in one of the formats of {@link ImageIO}, in values from 0 to 255, rounded.
   *
   * @throws IOException if it cannot be read, is no such image, or has more than 10^8 pixels
   */
  public byte[] read(Path file) throws IOException {
    return of(decoded(file));
  }

  private static BufferedImage decoded(Path file) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      if (in == null) {
        throw new IOException("it cannot be opened");
      }
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("no image in a known format");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
          throw new IOException(pixels + " pixels, at most " + MOST_PIXELS + " are read");
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException broken) {
      // The readers of the platform answer damaged files with many kinds of exceptions.
      throw new IOException(file + ": " + broken.getMessage(), broken);
    }
  }

  /** Brings an image to this form, in values from 0 to 255, rounded. */
  byte[] of(BufferedImage image) {
    float[] pixels = isGrey(image) ? greyPixels(image) : colourPixels(image);
    float[] wide = Resampling.of(image.getWidth(), width).rows(pixels, image.getHeight(), channels);
    float[] done = Resampling.of(image.getHeight(), height).rows(wide, 1, width * channels);
    byte[] values = new byte[done.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) Math.clamp(Math.round(done[i]), 0, 255);
    }
    return values;
  }

  private static boolean isGrey(BufferedImage image) {
    ColorModel model = image.getColorModel();
    int type = image.getRaster().getTransferType();
    return !(model instanceof IndexColorModel)
        && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
        && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT);
  }

  /**
   * The stored values: asked for RGB, the platform takes grey for linear light and makes it lighter
   * than it was.
   */
  private float[] greyPixels(BufferedImage image) {
    int columns = image.getWidth();
    float scale = 255f / ((1 << image.getColorModel().getComponentSize(0)) - 1);
    float[] pixels = new float[image.getHeight() * columns * channels];
    int[] row = new int[columns];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRaster().getSamples(0, y, columns, 1, 0, row);
      for (int value : row) {
        for (int c = 0; c < channels; c++) {
          pixels[at++] = value * scale;
        }
      }
    }
    return pixels;
  }

  private float[] colourPixels(BufferedImage image) {
    int columns = image.getWidth();
    float[] pixels = new float[image.getHeight() * columns * channels];
    int[] row = new int[columns];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, columns, 1, row, 0, columns);
      for (int rgb : row) {
        int red = rgb >> 16 & 0xff;
        int green = rgb >> 8 & 0xff;
        int blue = rgb & 0xff;
        if (channels == 1) {
          pixels[at++] = 0.299f * red + 0.587f * green + 0.114f * blue;
        } else {
          pixels[at++] = red;
          pixels[at++] = green;
          pixels[at++] = blue;
        }
      }
    }
    return pixels;
  }
}
