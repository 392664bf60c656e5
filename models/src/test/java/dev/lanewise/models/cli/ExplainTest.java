package dev.lanewise.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.models.zoo.DigitsNetwork;
import dev.lanewise.models.zoo.DrawnDigits;
import dev.lanewise.models.zoo.Perceptron;
import dev.lanewise.models.zoo.PictureGrid;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.inspect.Attribution;
import dev.lanewise.nn.inspect.GradCam;
import dev.lanewise.nn.inspect.IntegratedGradients;
import dev.lanewise.nn.inspect.Saliency;
import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a network trained on drawn digits looks at. */
class ExplainTest {
  private static final int PICTURES = 20;

  @TempDir private static Path directory;

  private static Model model;
  private static float[][] pictures;
  private static int[] labels;
  private static Path weights;

  @BeforeAll
  static void train() throws IOException {
    model = DigitsNetwork.fresh(7);
    model.fit(DrawnDigits.of(1500, 7), Fit.epochs(2));
    weights = directory.resolve("digits.safetensors");
    model.save(weights);
    DataSet test = DrawnDigits.of(PICTURES, 8);
    pictures = Digits.pictures(test, PICTURES);
    labels = Digits.labels(test, PICTURES);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Tensor batch(Scope scope) {
    Tensor x = scope.empty(DType.F32, Shape.of(PICTURES, 28, 28, 1));
    for (int i = 0; i < PICTURES; i++) {
      x.slice(0, i, i + 1).copyFrom(pictures[i]);
    }
    return x;
  }

  private static float[] row(Tensor maps, int i) {
    return maps.slice(0, i, i + 1).toFloats();
  }

  /** The mean probability of the right digits after erasing these many pixels of each picture. */
  private static double erased(Tensor maps, int count, boolean greatest) {
    float[][] less = new float[PICTURES][];
    for (int i = 0; i < PICTURES; i++) {
      float[] map = row(maps, i);
      Integer[] places = new Integer[map.length];
      Arrays.setAll(places, place -> place);
      Comparator<Integer> byValue = Comparator.comparingDouble(place -> map[place]);
      Arrays.sort(places, greatest ? byValue.reversed() : byValue);
      less[i] = pictures[i].clone();
      for (int k = 0; k < count; k++) {
        less[i][places[k]] = 0;
      }
    }
    return right(less);
  }

  private static double right(float[][] given) {
    float[][] said = model.predict(given);
    double sum = 0;
    for (int i = 0; i < PICTURES; i++) {
      sum += said[i][labels[i]];
    }
    return sum / PICTURES;
  }

  @Test
  void attributionsAddUpOnATrainedNetwork() {
    try (Scope scope = Scope.open("test")) {
      Attribution found = IntegratedGradients.of().steps(50).of(model, batch(scope), labels);
      double[] gaps = found.gaps();
      double rise = found.rises().stream().mapToDouble(Math::abs).average().orElseThrow();
      double gap = Arrays.stream(gaps).map(Math::abs).average().orElseThrow();
      assertTrue(gap < 0.02 * rise, "a gap of " + gap + " for a rise of " + rise);
    }
  }

  /** The pixels that a map calls important are: without them the digit is no longer seen. */
  @Test
  void erasingWhatCountsCosts() {
    double whole = right(pictures);
    try (Scope scope = Scope.open("test")) {
      Tensor x = batch(scope);
      Tensor integrated = IntegratedGradients.of().steps(20).of(model, x, labels).values();
      double without = erased(integrated, 40, true);
      assertTrue(without < whole / 3, whole + " with all, " + without + " without what counts");
      double better = erased(integrated, 40, false);
      assertTrue(better > whole, whole + " with all, " + better + " without what misleads");
      Tensor saliency = Saliency.maps(model, x, labels);
      double important = erased(saliency, 150, true);
      double unimportant = erased(saliency, 150, false);
      assertTrue(important < unimportant / 3, important + " and " + unimportant);
    }
  }

  /** A place of the second convolution sees ten by ten pixels, the middle two of them best. */
  @Test
  void theLastConvolutionSeesTheDigitWhereItIs() {
    double[] heat = new double[2];
    int[] places = new int[2];
    try (Scope scope = Scope.open("test")) {
      Tensor maps = GradCam.of("conv2d_1").maps(model, batch(scope), labels);
      assertEquals(Shape.of(PICTURES, 11, 11), maps.shape());
      for (int i = 0; i < PICTURES; i++) {
        for (int y = 0; y < 11; y++) {
          for (int x = 0; x < 11; x++) {
            int kind = hasInk(pictures[i], 2 * x + 3, 2 * y + 3) ? 1 : 0;
            heat[kind] += maps.value(i, y, x);
            places[kind]++;
          }
        }
      }
    }
    double on = heat[1] / places[1];
    double off = heat[0] / places[0];
    assertTrue(on > 2 * off, on + " on the digit, " + off + " beside it");
  }

  private static boolean hasInk(float[] picture, int left, int top) {
    for (int y = top - 1; y <= top + 2; y++) {
      for (int x = left - 1; x <= left + 2; x++) {
        if (picture[y * DrawnDigits.SIDE + x] > 0.4) {
          return true;
        }
      }
    }
    return false;
  }

  private record Said(int code, String text) {}

  private static Said explain(String... arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = System.out;
    PrintStream err = System.err;
    String[] all = new String[arguments.length + 1];
    all[0] = "explain";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    try (PrintStream caught = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(caught);
      System.setErr(caught);
      return new Said(Lanewise.run(all), bytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test
  void theCommandDrawsDigitsOfItsOwn() throws IOException {
    Path output = directory.resolve("drawn");
    Said said = explain(weights.toString(), "--count", "3", "--output", output.toString());
    assertEquals(0, said.code(), said.text());
    assertTrue(said.text().contains("digits that this program draws itself"), said.text());
    assertTrue(said.text().contains("picture 3: score of "), said.text());
    assertTrue(said.text().contains("conv2d_1.kernel      weight norm "), said.text());
    BufferedImage sheet = ImageIO.read(output.resolve("explanation.png").toFile());
    assertEquals(4 * (3 * 28 + 6) + 6, sheet.getWidth(), "a picture and three maps");
    assertTrue(Files.size(output.resolve("gradients.png")) > 0);
  }

  @Test
  void theCommandExplainsAPictureAndAClassOfOnesOwn() throws IOException {
    PictureGrid grid = new PictureGrid(1, 1, 28);
    grid.put(0, 0, pictures[0]);
    Path picture = directory.resolve("digit.png");
    grid.write(picture);
    Path output = directory.resolve("own");
    Said said =
        explain(
            weights.toString(),
            picture.toString(),
            "--class",
            "3",
            "--layer",
            "conv2d",
            "--steps",
            "5",
            "--output",
            output.toString());
    assertEquals(0, said.code(), said.text());
    assertTrue(said.text().contains("picture 1: score of 3 ("), said.text());
    assertTrue(!said.text().contains("picture 2"), said.text());
  }

  @Test
  void thePerceptronHasNoConvolution() throws IOException {
    Path file = directory.resolve("perceptron.safetensors");
    try (Model perceptron = Perceptron.fresh(1, 1)) {
      perceptron.save(file);
    }
    Path output = directory.resolve("mlp");
    Said said = explain(file.toString(), "--count", "1", "--output", output.toString());
    assertEquals(0, said.code(), said.text());
    BufferedImage sheet = ImageIO.read(output.resolve("explanation.png").toFile());
    assertEquals(3 * (3 * 28 + 6) + 6, sheet.getWidth(), "a picture and two maps");
  }

  private static void refuses(String message, String... arguments) {
    Said said = explain(arguments);
    assertEquals(1, said.code(), said.text());
    assertTrue(said.text().contains("lanewise: " + message), said.text());
  }

  @Test
  void whatCannotBeExplainedIsNamed() throws IOException {
    String missing = directory.resolve("no.safetensors").toString();
    refuses(missing + ": no such file", missing);
    Path foreign = directory.resolve("foreign.safetensors");
    try (Scope scope = Scope.open("test")) {
      Safetensors.write(foreign, Map.of("w", scope.zeros(DType.F32, Shape.of(1))));
    }
    refuses(
        foreign + ": weights of model '': 'digits' or 'perceptron' expected", foreign.toString());
    refuses(
        "explain: --count at least 1 and --class from 0 to 9, not 5 and 11",
        weights.toString(),
        "--class",
        "11");
    refuses(
        "gradCam: no layer 'conv9' among [conv2d, max_pooling2d, ",
        weights.toString(),
        "--layer",
        "conv9",
        "--output",
        directory.toString());
    assertEquals(2, explain().code());
  }
}
