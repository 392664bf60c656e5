package dev.lanewise.models.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Small square pictures in rows, each with maps laid over it: red where a map is positive, blue
 * where it is negative, each map scaled by its greatest magnitude.
 */
public final class HeatMapSheet {
  private static final int ZOOM = 3;
  private static final int GAP = 6;
  private static final int CAPTION = 18;

  /** How much of a picture is seen below a map. */
  private static final double DIMMED = 0.45;

  private final int side;
  private final List<String> titles;
  private final BufferedImage sheet;
  private int rows;

  /**
   * An empty sheet.
   *
   * @param count rows
   * @param side of a picture in pixels
   * @param titles of the maps
   */
  public HeatMapSheet(int count, int side, List<String> titles) {
    this.side = side;
    this.titles = List.copyOf(titles);
    int width = (titles.size() + 1) * (side * ZOOM + GAP) + GAP;
    int height = CAPTION + count * (side * ZOOM + CAPTION + GAP);
    sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    for (int i = 0; i < titles.size(); i++) {
      write(titles.get(i), left(i + 1), CAPTION - 5);
    }
  }

  /**
   * Adds a row: a picture and its maps.
   *
   * @param caption below it
   * @param pixels row by row, 0 black to 1 white
   * @param maps one for each title, square, of any side; values between their centres are
   *     interpolated
   * @throws IllegalArgumentException if there are not as many maps as titles
   */
  public void add(String caption, float[] pixels, List<float[]> maps) {
    if (maps.size() != titles.size()) {
      throw new IllegalArgumentException(
          "heatMapSheet: %d maps for the titles %s".formatted(maps.size(), titles));
    }
    int top = CAPTION + rows * (side * ZOOM + CAPTION + GAP);
    rows++;
    paint(left(0), top, pixels, null);
    for (int i = 0; i < maps.size(); i++) {
      paint(left(i + 1), top, pixels, maps.get(i));
    }
    write(caption, left(0), top + side * ZOOM + CAPTION - 5);
  }

  private int left(int column) {
    return GAP + column * (side * ZOOM + GAP);
  }

  private void paint(int left, int top, float[] pixels, float[] map) {
    float greatest = 0;
    if (map != null) {
      for (float value : map) {
        greatest = Math.max(greatest, Math.abs(value));
      }
    }
    for (int y = 0; y < side * ZOOM; y++) {
      for (int x = 0; x < side * ZOOM; x++) {
        double grey = Math.clamp(pixels[y / ZOOM * side + x / ZOOM], 0, 1);
        double heat =
            greatest == 0
                ? 0
                : at(map, (x + 0.5) / (side * ZOOM), (y + 0.5) / (side * ZOOM)) / greatest;
        sheet.setRGB(
            left + x, top + y, map == null ? colour(grey, 0) : colour(DIMMED * grey, heat));
      }
    }
  }

  /** From grey to red for 1 and to blue for -1. */
  private static int colour(double grey, double heat) {
    double strength = Math.min(1, Math.abs(heat));
    double other = grey * (1 - strength);
    double own = other + strength;
    double red = heat > 0 ? own : other;
    double blue = heat < 0 ? own : other;
    return level(red) << 16 | level(other + 0.4 * strength * strength) << 8 | level(blue);
  }

  private static int level(double share) {
    return Math.clamp(Math.round(255 * share), 0, 255);
  }

  /** A square map at a place of the unit square, between the centres of its values. */
  private static double at(float[] map, double x, double y) {
    int extent = (int) Math.round(Math.sqrt(map.length));
    double column = Math.clamp(x * extent - 0.5, 0, extent - 1);
    double row = Math.clamp(y * extent - 0.5, 0, extent - 1);
    int west = (int) column;
    int north = (int) row;
    int east = Math.min(west + 1, extent - 1);
    int south = Math.min(north + 1, extent - 1);
    double right = column - west;
    double down = row - north;
    return (1 - down)
            * ((1 - right) * map[north * extent + west] + right * map[north * extent + east])
        + down * ((1 - right) * map[south * extent + west] + right * map[south * extent + east]);
  }

  private void write(String text, int x, int y) {
    Graphics2D graphics = sheet.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.DARK_GRAY);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    graphics.drawString(text, x, y);
    graphics.dispose();
  }

  /** The sheet. */
  public BufferedImage picture() {
    return sheet;
  }
}
