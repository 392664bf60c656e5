package dev.lanewise.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.data.Batches;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  @TempDir Path directory;

  /** An image of these pixels, 0xRRGGBB, row by row. */
  private static BufferedImage image(int type, int width, int... pixels) {
    BufferedImage image = new BufferedImage(width, pixels.length / width, type);
    for (int i = 0; i < pixels.length; i++) {
      if (type == BufferedImage.TYPE_BYTE_GRAY || type == BufferedImage.TYPE_USHORT_GRAY) {
        image.getRaster().setSample(i % width, i / width, 0, pixels[i]);
      } else {
        image.setRGB(i % width, i / width, pixels[i]);
      }
    }
    return image;
  }

  private static BufferedImage rgb(int width, int... pixels) {
    return image(BufferedImage.TYPE_INT_RGB, width, pixels);
  }

  private Path write(String name, BufferedImage image) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    String format = name.substring(name.lastIndexOf('.') + 1);
    assertTrue(ImageIO.write(image, format, file.toFile()), format);
    return file;
  }

  private static int[] values(byte... bytes) {
    int[] values = new int[bytes.length];
    Arrays.setAll(values, i -> bytes[i] & 0xff);
    return values;
  }

  @Test
  void classesAreFoldersInOrder() throws IOException {
    Path dog = write("dog/1.png", rgb(1, 0xff8000));
    Path second = write("cat/b.bmp", rgb(1, 0x000033));
    Path first = write("cat/a.png", rgb(1, 0x3366cc));
    Files.createDirectories(directory.resolve("ape"));
    Files.writeString(directory.resolve(".hidden"), "no image");
    Files.writeString(directory.resolve("cat/.hidden"), "no image");
    ImageFolder folder = ImageFolder.read(directory, ImageForm.rgb(1, 1));
    assertEquals(List.of("ape", "cat", "dog"), folder.classes());
    assertEquals(List.of(first, second, dog), folder.files());
    assertEquals(Spec.of(DType.F32, Shape.of(1, 1, 3)), folder.data().features());
    assertEquals(Spec.of(DType.I32, Shape.scalar()), folder.data().labels());
    try (Scope scope = Scope.open("test")) {
      Batches batches = new Batches(folder.data(), 3, scope);
      batches.read(0);
      assertArrayEquals(
          new float[] {0.2f, 0.4f, 0.8f, 0, 0, 0.2f, 1, 128 / 255f, 0},
          batches.features(0, scope).toFloats());
      assertArrayEquals(new int[] {1, 1, 2}, batches.labels(0, scope).toInts());
    }
  }

  @Test
  void streamedImagesAreThoseThatAreKept() throws IOException {
    write("cat/a.png", rgb(2, 0x3366cc, 0x112233, 0x445566, 0x778899));
    Path broken = write("dog/1.png", rgb(1, 0xff8000));
    ImageFolder kept = ImageFolder.read(directory, ImageForm.rgb(2, 2));
    ImageFolder streamed = ImageFolder.stream(directory, ImageForm.rgb(2, 2));
    assertEquals(kept.classes(), streamed.classes());
    assertEquals(kept.files(), streamed.files());
    assertEquals(kept.data().features(), streamed.data().features());
    try (Scope scope = Scope.open("test")) {
      Batches expected = new Batches(kept.data(), 2, scope);
      Batches read = new Batches(streamed.data(), 2, scope);
      expected.read(0);
      read.read(0);
      assertArrayEquals(expected.features(0, scope).toFloats(), read.features(0, scope).toFloats());
      assertArrayEquals(new int[] {0, 1}, read.labels(0, scope).toInts());
      Files.writeString(broken, "no image any more");
      UncheckedIOException failed = assertThrows(UncheckedIOException.class, () -> read.read(0));
      assertTrue(failed.getMessage().startsWith(broken + ": "), failed.getMessage());
    }
  }

  @Test
  void greyIsWeighedAndStoredGreyKept() throws IOException {
    ImageForm grey = ImageForm.grey(1, 3);
    assertArrayEquals(
        new int[] {76, 150, 29}, values(grey.of(rgb(3, 0xff0000, 0x00ff00, 0x0000ff))));
    Path stored = write("a/g.png", image(BufferedImage.TYPE_BYTE_GRAY, 3, 0, 128, 255));
    assertArrayEquals(new int[] {0, 128, 255}, values(grey.read(stored)));
    assertArrayEquals(
        new int[] {0, 0, 0, 128, 128, 128, 255, 255, 255},
        values(ImageForm.rgb(1, 3).read(stored)));
    Path deep = write("a/deep.png", image(BufferedImage.TYPE_USHORT_GRAY, 3, 0, 32896, 65535));
    assertArrayEquals(new int[] {0, 128, 255}, values(grey.read(deep)));
    Path clear = write("a/clear.png", image(BufferedImage.TYPE_INT_ARGB, 1, 0x00ff0000));
    assertArrayEquals(new int[] {255, 0, 0}, values(ImageForm.rgb(1, 1).read(clear)));
  }

  @Test
  void shrinkingAveragesAreas() {
    BufferedImage image =
        image(BufferedImage.TYPE_BYTE_GRAY, 3, 0, 30, 60, 90, 120, 150, 180, 210, 240);
    assertArrayEquals(new int[] {120}, values(ImageForm.grey(1, 1).of(image)));
    // Of three columns, each of two takes one and a half.
    assertArrayEquals(
        new int[] {10, 50}, values(ImageForm.grey(1, 2).of(image.getSubimage(0, 0, 3, 1))));
    assertArrayEquals(
        new int[] {0, 30, 60, 90, 120, 150, 180, 210, 240}, values(ImageForm.grey(3, 3).of(image)));
  }

  @Test
  void growingInterpolatesBetweenMiddles() {
    BufferedImage image = image(BufferedImage.TYPE_BYTE_GRAY, 2, 0, 100);
    assertArrayEquals(new int[] {0, 25, 75, 100}, values(ImageForm.grey(1, 4).of(image)));
    assertArrayEquals(new int[] {0, 100, 0, 100}, values(ImageForm.grey(2, 2).of(image)));
    // One axis may grow while the other shrinks.
    BufferedImage tall = image(BufferedImage.TYPE_BYTE_GRAY, 1, 0, 40, 80, 200);
    assertArrayEquals(new int[] {20, 20, 140, 140}, values(ImageForm.grey(2, 2).of(tall)));
  }

  @Test
  void aConstantImageStaysConstantInAnySize() {
    Random random = new Random(1);
    for (int round = 0; round < 100; round++) {
      int[] pixels = new int[(1 + random.nextInt(40)) * (1 + random.nextInt(40))];
      Arrays.fill(pixels, 0x70c0ff);
      int width = pixels.length % 7 == 0 ? 7 : 1;
      ImageForm form = ImageForm.rgb(1 + random.nextInt(30), 1 + random.nextInt(30));
      int[] values = values(form.of(rgb(width, pixels)));
      for (int i = 0; i < values.length; i += 3) {
        assertArrayEquals(new int[] {0x70, 0xc0, 0xff}, Arrays.copyOfRange(values, i, i + 3));
      }
    }
  }

  @Test
  void brokenFilesAreNamed() throws IOException {
    write("cat/a.png", rgb(2, 1, 2, 3, 4));
    Path text = Files.writeString(directory.resolve("cat/b.png"), "no image");
    Path cut = write("dog/c.png", rgb(2, 1, 2, 3, 4));
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, 40));
    IOException thrown =
        assertThrows(IOException.class, () -> ImageFolder.read(directory, ImageForm.rgb(2, 2)));
    String begin =
        "%s: 2 of 3 files cannot be read; %s: no image in a known format; %s: "
            .formatted(directory, text, cut);
    assertTrue(thrown.getMessage().startsWith(begin), thrown.getMessage());
  }

  @Test
  void damagedImagesNeverGiveMoreThanAnIOException() throws IOException {
    Random random = new Random(1);
    int[] pixels = random.ints(64, 0, 1 << 24).toArray();
    int refused = 0;
    for (String format : List.of("png", "jpg", "bmp", "gif")) {
      Path file = write("x/some." + format, rgb(8, pixels));
      byte[] good = Files.readAllBytes(file);
      for (int round = 0; round < 150; round++) {
        byte[] damaged =
            round % 3 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
        for (int flips = 0; flips < round % 3 && damaged.length > 0; flips++) {
          damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file, damaged);
        try {
          assertEquals(12, ImageForm.rgb(2, 2).read(file).length);
        } catch (IOException clear) {
          assertTrue(clear.getMessage().startsWith(file + ": "), clear.getMessage());
          refused++;
        }
      }
    }
    assertTrue(refused > 100, "refused " + refused);
  }

  @Test
  void whatIsNoFolderOfClassesIsRefused() throws IOException {
    assertEquals(directory + ": no images: a folder for each class expected", error());
    Path stray = Files.writeString(directory.resolve("stray.png"), "");
    assertEquals(stray + ": a file, a folder of one class expected", error());
    Files.delete(stray);
    Path nested = Files.createDirectories(directory.resolve("cat/more"));
    assertEquals(nested + ": a folder, an image expected", error());
    assertEquals(
        "imageForm: 0 x 2 pixels of 3 channels: at least 1 x 1, 1 or 3 channels",
        assertThrows(IllegalArgumentException.class, () -> ImageForm.rgb(0, 2)).getMessage());
  }

  private String error() {
    return assertThrows(IOException.class, () -> ImageFolder.read(directory, ImageForm.grey(2, 2)))
        .getMessage();
  }
}
