package dev.lanewise.models.zoo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Small square pictures in rows and columns, in one PNG: light on dark, as MNIST has them. */
public final class PictureGrid {
  private static final int ZOOM = 2;
  private static final int GAP = 2;
  private static final int GROUND = 0x30_30_60;

  private final int side;
  private final BufferedImage sheet;

  /** Room for {@code rows x columns} pictures of {@code side x side} pixels. */
  public PictureGrid(int rows, int columns, int side) {
    this.side = side;
    int cell = side * ZOOM + GAP;
    sheet = new BufferedImage(columns * cell + GAP, rows * cell + GAP, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < sheet.getHeight(); y++) {
      for (int x = 0; x < sheet.getWidth(); x++) {
        sheet.setRGB(x, y, GROUND);
      }
    }
  }

  /**
   * Puts a picture.
   *
   * @param pixels row by row, 0 black to 1 white; what lies beyond is cut off
   */
  public void put(int row, int column, float[] pixels) {
    int cell = side * ZOOM + GAP;
    for (int y = 0; y < side * ZOOM; y++) {
      for (int x = 0; x < side * ZOOM; x++) {
        int grey = Math.clamp(Math.round(255 * pixels[y / ZOOM * side + x / ZOOM]), 0, 255);
        int colour = grey << 16 | grey << 8 | grey;
        sheet.setRGB(GAP + column * cell + x, GAP + row * cell + y, colour);
      }
    }
  }

  /** The picture of them all. */
  public BufferedImage picture() {
    return sheet;
  }

  /** Writes the picture as PNG. */
  public void write(Path file) throws IOException {
    ImageIO.write(sheet, "png", file.toFile());
  }
}
