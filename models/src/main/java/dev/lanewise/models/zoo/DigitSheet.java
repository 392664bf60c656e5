package dev.lanewise.models.zoo;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** A picture of digits in rows, each with what a model took it for; mistakes are framed in red. */
public final class DigitSheet {
  private static final int SIDE = DrawnDigits.SIDE;
  private static final int ZOOM = 2;
  private static final int CELL = SIDE * ZOOM + 8;
  private static final int CAPTION = 14;
  private static final Color MISTAKE = new Color(0xD0, 0x20, 0x20);

  private final BufferedImage sheet;
  private final int columns;
  private int next;

  /** A sheet for {@code count} digits in rows of {@code columns}. */
  public DigitSheet(int count, int columns) {
    this.columns = columns;
    int rows = Math.ceilDiv(count, columns);
    sheet = new BufferedImage(columns * CELL, rows * (CELL + CAPTION), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    graphics.dispose();
  }

  /**
   * Adds a digit.
   *
   * @param pixels row by row, 0 black to 1 white
   * @param label what it is
   * @param predicted what the model took it for
   */
  public void add(float[] pixels, int label, int predicted) {
    int left = next % columns * CELL + 4;
    int top = next / columns * (CELL + CAPTION) + 4;
    next++;
    for (int y = 0; y < SIDE * ZOOM; y++) {
      for (int x = 0; x < SIDE * ZOOM; x++) {
        int grey = 255 - Math.round(255 * pixels[y / ZOOM * SIDE + x / ZOOM]);
        sheet.setRGB(left + x, top + y, grey << 16 | grey << 8 | grey);
      }
    }
    Graphics2D graphics = sheet.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    boolean wrong = predicted != label;
    graphics.setColor(wrong ? MISTAKE : Color.DARK_GRAY);
    if (wrong) {
      graphics.drawRect(left - 2, top - 2, SIDE * ZOOM + 3, SIDE * ZOOM + 3);
    }
    graphics.setFont(new Font(Font.SANS_SERIF, wrong ? Font.BOLD : Font.PLAIN, 11));
    String caption = wrong ? predicted + ", not " + label : Integer.toString(predicted);
    graphics.drawString(caption, left, top + SIDE * ZOOM + 12);
    graphics.dispose();
  }

  /** Writes the sheet as PNG. */
  public void write(Path file) throws IOException {
    ImageIO.write(sheet, "png", file.toFile());
  }
}
