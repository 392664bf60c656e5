package dev.lanewise.models.zoo;

import dev.lanewise.nn.data.DataSet;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.GraphicsEnvironment;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Pictures of digits that the program draws itself, a stand-in where no photographs are at hand.
 *
 * <p>Each is a glyph of an installed font or a stroke of the built-in hand, turned, sheared, scaled
 * and moved at random, with noise on top; all of it follows from the seed, for the fonts of one
 * machine. White on black, 28 by 28, as MNIST has it.
 */
public final class DrawnDigits {
  /** Width and height of a picture. */
  public static final int SIDE = 28;

  /** How large a glyph is drawn before it is warped. */
  private static final double GLYPH = 18;

  private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

  /**
   * The built-in hand: for every digit a polyline or two in a unit square, y down. It serves
   * machines without fonts and varies the others.
   */
  private static final double[][][] HAND = {
    {{.5, 0, .15, .2, .1, .6, .3, .95, .6, 1, .85, .75, .9, .35, .7, .05, .5, 0}},
    {{.3, .2, .55, 0, .55, 1}},
    {{.15, .25, .35, .02, .7, .05, .82, .3, .6, .6, .1, 1, .9, 1}},
    {{.15, .08, .6, 0, .82, .2, .7, .42, .4, .48, .75, .55, .88, .78, .6, 1, .12, .92}},
    {{.6, 0, .1, .65, .95, .65}, {.68, .35, .68, 1}},
    {{.85, 0, .25, 0, .2, .42, .6, .38, .88, .65, .7, .95, .35, 1, .1, .9}},
    {{.7, 0, .3, .3, .12, .7, .35, 1, .7, .97, .85, .72, .65, .5, .35, .52, .15, .7}},
    {{.1, 0, .9, 0, .55, .5, .4, 1}},
    {
      {
        .5, .48, .2, .3, .3, .03, .7, .03, .8, .3, .5, .48, .15, .72, .3, 1, .7, 1, .85, .72, .5,
        .48
      }
    },
    {{.85, .3, .6, .5, .25, .42, .2, .12, .55, 0, .82, .15, .85, .4, .75, 1}},
  };

  private DrawnDigits() {}

  /**
   * Draws {@code count} digits, the classes in equal shares and random order. Features are {@code
   * [28, 28, 1]} of f32 between 0 and 1, labels i32.
   */
  public static DataSet of(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Font> fonts = fonts();
    float[] pixels = new float[count * SIDE * SIDE];
    int[] labels = new int[count];
    BufferedImage canvas = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < count; i++) {
      labels[i] = i % 10;
    }
    shuffle(labels, random);
    for (int i = 0; i < count; i++) {
      draw(canvas, glyph(labels[i], fonts, random), random);
      noisy(canvas, pixels, i * SIDE * SIDE, random);
    }
    return DataSet.of(dev.lanewise.tensor.Shape.of(SIDE, SIDE, 1), pixels, labels);
  }

  private static List<Font> fonts() {
    List<Font> fonts = new ArrayList<>();
    GraphicsEnvironment environment = GraphicsEnvironment.getLocalGraphicsEnvironment();
    for (String family : environment.getAvailableFontFamilyNames()) {
      Font font = new Font(family, Font.PLAIN, 64);
      if (font.canDisplayUpTo("0123456789") < 0) {
        fonts.add(font);
        fonts.add(font.deriveFont(Font.BOLD));
        fonts.add(font.deriveFont(Font.ITALIC));
      }
    }
    return fonts;
  }

  private static void shuffle(int[] values, SplittableRandom random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
  }

  /** An outline around the origin, {@link #GLYPH} high. */
  private static Shape glyph(int digit, List<Font> fonts, SplittableRandom random) {
    boolean byHand = fonts.isEmpty() || random.nextInt(3) == 0;
    Shape outline =
        byHand
            ? stroke(digit, random)
            : fonts
                .get(random.nextInt(fonts.size()))
                .createGlyphVector(CONTEXT, Integer.toString(digit))
                .getOutline();
    Rectangle2D bounds = outline.getBounds2D();
    double scale = GLYPH / Math.max(bounds.getHeight(), bounds.getWidth());
    AffineTransform centred = AffineTransform.getScaleInstance(scale, scale);
    centred.translate(-bounds.getCenterX(), -bounds.getCenterY());
    return centred.createTransformedShape(outline);
  }

  private static Shape stroke(int digit, SplittableRandom random) {
    Path2D path = new Path2D.Double();
    for (double[] line : HAND[digit]) {
      for (int i = 0; i < line.length; i += 2) {
        double x = 0.6 * line[i] + random.nextDouble(-.03, .03);
        double y = line[i + 1] + random.nextDouble(-.03, .03);
        if (i == 0) {
          path.moveTo(x, y);
        } else {
          path.lineTo(x, y);
        }
      }
    }
    float width = (float) random.nextDouble(0.06, 0.16);
    return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
        .createStrokedShape(path);
  }

  private static void draw(BufferedImage canvas, Shape glyph, SplittableRandom random) {
    Graphics2D graphics = canvas.createGraphics();
    graphics.setColor(Color.BLACK);
    graphics.fillRect(0, 0, SIDE, SIDE);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.translate(
        SIDE / 2.0 + random.nextDouble(-2.5, 2.5), SIDE / 2.0 + random.nextDouble(-2.5, 2.5));
    graphics.rotate(random.nextDouble(-0.25, 0.25));
    graphics.shear(random.nextDouble(-0.25, 0.25), 0);
    graphics.scale(random.nextDouble(0.75, 1.15), random.nextDouble(0.8, 1.15));
    graphics.setColor(Color.WHITE);
    graphics.fill(glyph);
    graphics.dispose();
  }

  private static void noisy(
      BufferedImage canvas, float[] pixels, int from, SplittableRandom random) {
    double ink = random.nextDouble(0.7, 1.0);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double clean = ink * canvas.getRaster().getSample(x, y, 0);
        double value = clean + 16 * (random.nextDouble() + random.nextDouble() - 1);
        pixels[from + y * SIDE + x] = Math.clamp(Math.round(value), 0, 255) / 255f;
      }
    }
  }
}
