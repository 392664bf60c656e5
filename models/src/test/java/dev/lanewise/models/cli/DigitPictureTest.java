package dev.lanewise.models.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DigitPictureTest {
  @TempDir private Path directory;

  private Path picture(String name, Color paper, Color ink, int left) throws IOException {
    BufferedImage image = new BufferedImage(200, 120, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(paper);
    graphics.fillRect(0, 0, 200, 120);
    graphics.setColor(ink);
    graphics.setStroke(new BasicStroke(8));
    graphics.drawLine(left, 20, left, 100);
    graphics.dispose();
    Path file = directory.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  @Test
  void inkIsLightAndInTheMiddleWhateverItWas() throws IOException {
    float[] darkOnLight = DigitPicture.read(picture("a.png", Color.WHITE, Color.BLACK, 30));
    float[] lightOnDark = DigitPicture.read(picture("b.png", Color.BLACK, Color.WHITE, 150));
    assertArrayEquals(darkOnLight, lightOnDark, 0.02f);
    double mass = 0;
    double massX = 0;
    double massY = 0;
    for (int p = 0; p < darkOnLight.length; p++) {
      mass += darkOnLight[p];
      massX += darkOnLight[p] * (p % 28);
      int row = p / 28;
      massY += darkOnLight[p] * row;
    }
    assertEquals(13.5, massX / mass, 0.6);
    assertEquals(13.5, massY / mass, 0.6);
  }

  @Test
  void whatIsNoPictureOfADigitIsRefused() throws IOException {
    Path none = directory.resolve("none.png");
    assertEquals(none + ": no such file", refusal(none));
    Path text = Files.writeString(directory.resolve("text.png"), "seven");
    assertEquals(text + ": not a picture: PNG, JPEG, GIF or BMP expected", refusal(text));
    Path blank = picture("blank.png", Color.GRAY, Color.GRAY, 30);
    assertEquals(blank + ": no digit to be seen: the picture is of one colour", refusal(blank));
  }

  private static String refusal(Path file) {
    return assertThrows(IOException.class, () -> DigitPicture.read(file)).getMessage();
  }
}
