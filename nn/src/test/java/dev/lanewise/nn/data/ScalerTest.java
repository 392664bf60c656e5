package dev.lanewise.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.TestData;
import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScalerTest {
  private static final DataSet DATA =
      DataSet.of(
          new float[][] {{1, 10, 7}, {2, 30, 7}, {3, 20, 7}, {6, 40, 7}},
          new float[][] {{0}, {100}, {200}, {300}});

  @TempDir Path directory;

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void aStandardizerGivesMeanZeroAndDeviationOne() {
    Standardizer scaler = Standardizer.fit(DATA);
    assertEquals(3, scaler.features());
    assertArrayEquals(new double[] {3, 25, 7}, scaler.means());
    assertArrayEquals(new double[] {Math.sqrt(3.5), Math.sqrt(125), 1}, scaler.deviations(), 1e-15);
    Batches batches = new Batches(scaler.applyToFeatures(DATA), 4, scope);
    batches.read(0);
    float[] values = batches.features(0, scope).toFloats();
    double a = Math.sqrt(3.5);
    double b = Math.sqrt(125);
    assertArrayEquals(
        new float[] {
          (float) (-2 / a),
          (float) (-15 / b),
          0,
          (float) (-1 / a),
          (float) (5 / b),
          0,
          0,
          (float) (-5 / b),
          0,
          (float) (3 / a),
          (float) (15 / b),
          0
        },
        values);
    assertArrayEquals(new float[] {0, 100, 200, 300}, batches.labels(0, scope).toFloats());
    assertArrayEquals(
        new float[] {1, 10, 7, 2, 30, 7, 3, 20, 7, 6, 40, 7}, scaler.inverse(values), 1e-5f);
  }

  @Test
  void aMinMaxScalerReachesBothEnds() {
    MinMaxScaler scaler = MinMaxScaler.fit(DATA, -1, 1);
    assertArrayEquals(new double[] {1, 10, 7}, scaler.minima());
    assertArrayEquals(new double[] {6, 40, 7}, scaler.maxima());
    assertArrayEquals(
        new float[] {-1, -1, -1, 1, 1, -1, 3, 0, 1},
        scaler.apply(new float[] {1, 10, 7, 6, 40, 7, 11, 25, 8}));
    assertArrayEquals(
        new float[] {1, 10, 7, 6, 40, 7, 11, 25, 8},
        scaler.inverse(new float[] {-1, -1, -1, 1, 1, -1, 3, 0, 1}));
    assertEquals(0.2, MinMaxScaler.fit(DATA).apply(0, 2), 1e-15);
  }

  @Test
  void labelsAreScaledAlone() {
    Scaler scaler = MinMaxScaler.fitLabels(DATA, 0, 1);
    DataSet scaled = scaler.applyToLabels(DATA);
    Batches batches = new Batches(scaled.slice(1, 4), 3, scope);
    batches.read(0);
    assertArrayEquals(new float[] {1 / 3f, 2 / 3f, 1}, batches.labels(0, scope).toFloats(), 1e-7f);
    assertArrayEquals(
        new float[] {2, 30, 7, 3, 20, 7, 6, 40, 7}, batches.features(0, scope).toFloats());
    assertEquals(100, scaler.inverse(scope.tensor(Shape.of(2, 1), 1 / 3f, 0f)).value(0, 0), 1e-4);
    assertArrayEquals(new double[] {150}, Standardizer.fitLabels(DATA).means());
  }

  @Test
  void theLastAxisHasTheFeatures() {
    DataSet images = DataSet.of(Shape.of(2, 1, 2), new float[] {1, 5, 3, 7, 5, 5, 7, 11}, 0, 1);
    Standardizer scaler = Standardizer.fit(images);
    assertArrayEquals(new double[] {4, 7}, scaler.means());
    Tensor x = scope.tensor(Shape.of(1, 2), 4f, 7f);
    assertArrayEquals(new float[] {0, 0}, scaler.apply(x).toFloats());
    assertArrayEquals(new float[] {4, 7}, x.toFloats());
  }

  @Test
  void allOfThemSurviveTheWayThroughOneFileBitForBit() throws IOException {
    Standardizer standardizer = Standardizer.fit(DATA);
    MinMaxScaler minMax = MinMaxScaler.fitLabels(DATA, -0.1, 1.1);
    OneHot oneHot = OneHot.of("b", "", "a, \"\u00e9\ud83d\ude00\"");
    CharacterVocabulary characters = CharacterVocabulary.of("hello \u4e16\ud83d\ude00");
    Map<String, Tensor> entries = new HashMap<>();
    entries.putAll(standardizer.entries("features", scope));
    entries.putAll(minMax.entries("target", scope));
    entries.putAll(oneHot.entries("colour", scope));
    entries.putAll(characters.entries("text", scope));
    entries.put("dense.kernel", scope.normal(Shape.of(2, 2)));
    Path file = directory.resolve("model.safetensors");
    Safetensors.write(file, entries);
    try (Safetensors read = Safetensors.open(file)) {
      Standardizer back = Standardizer.read(read, "features");
      assertArrayEquals(standardizer.means(), back.means());
      assertArrayEquals(standardizer.deviations(), back.deviations());
      assertEquals(standardizer.toString(), back.toString());
      assertEquals(minMax.toString(), MinMaxScaler.read(read, "target").toString());
      assertEquals(oneHot, OneHot.read(read, "colour"));
      assertEquals(oneHot.hashCode(), OneHot.read(read, "colour").hashCode());
      assertEquals(characters, CharacterVocabulary.read(read, "text"));
      assertEquals(
          file + ": no entry 'other.mean'; the file has " + read.names(),
          assertThrows(IOException.class, () -> Standardizer.read(read, "other")).getMessage());
    }
  }

  @Test
  void entriesThatCannotBeAreRefused() throws IOException {
    Tensor two = scope.tensor(Shape.of(2), 1.0, 2.0);
    Tensor odd = scope.tensor(Shape.of(2), 0.0, Double.NaN);
    assertEquals(
        "entry 'x.deviation' has 1 values, 2 expected",
        refused(
            file -> Standardizer.read(file, "x"),
            Map.of("x.mean", two, "x.deviation", scope.tensor(Shape.of(1), 1.0))));
    assertEquals(
        "entry 'x.deviation' is not finite: [0.0, NaN]",
        refused(file -> Standardizer.read(file, "x"), Map.of("x.mean", two, "x.deviation", odd)));
    assertEquals(
        "entry 'x.deviation' is not above zero: [0.0, 1.0]",
        refused(
            file -> Standardizer.read(file, "x"),
            Map.of("x.mean", two, "x.deviation", scope.tensor(Shape.of(2), 0.0, 1.0))));
    assertEquals(
        "entry 'x.mean' is f32 [1], f64 of one axis expected",
        refused(
            file -> Standardizer.read(file, "x"), Map.of("x.mean", scope.tensor(Shape.of(1), 1f))));
    assertEquals(
        "'x': feature 1 is from 2.0 to 1.0",
        refused(
            file -> MinMaxScaler.read(file, "x"),
            Map.of("x.min", two, "x.max", scope.tensor(Shape.of(2), 1.0, 1.0), "x.range", two)));
    assertEquals(
        "'x': minMaxScaler: from 2.0 to 1.0 is no range",
        refused(
            file -> MinMaxScaler.read(file, "x"),
            Map.of("x.min", two, "x.max", two, "x.range", scope.tensor(Shape.of(2), 2.0, 1.0))));
    Tensor bytes = scope.empty(DType.U8, Shape.of(3)).copyFrom(new byte[] {'a', 'a', (byte) 0xff});
    assertEquals(
        "'x.lengths' has a length of 4, 3 bytes are left in 'x.categories'",
        refused(
            file -> OneHot.read(file, "x"),
            Map.of("x.categories", bytes, "x.lengths", scope.tensor(Shape.of(1), 4))));
    assertEquals(
        "'x.categories' has 3 bytes, 'x.lengths' speaks of 1",
        refused(
            file -> OneHot.read(file, "x"),
            Map.of("x.categories", bytes, "x.lengths", scope.tensor(Shape.of(1), 1))));
    assertEquals(
        "'x.categories' is not UTF-8",
        refused(
            file -> OneHot.read(file, "x"),
            Map.of("x.categories", bytes, "x.lengths", scope.tensor(Shape.of(2), 2, 1))));
    assertEquals(
        "entry 'x.characters': 7 after 9: ascending code points expected",
        refused(
            file -> CharacterVocabulary.read(file, "x"),
            Map.of("x.characters", scope.tensor(Shape.of(2), 9, 7))));
  }

  /** Reads something of a file. */
  private interface Reading {
    Object read(Safetensors file) throws IOException;
  }

  private String refused(Reading reading, Map<String, Tensor> entries) throws IOException {
    Path file = directory.resolve("odd.safetensors");
    Safetensors.write(file, entries);
    try (Safetensors read = Safetensors.open(file)) {
      String message = assertThrows(IOException.class, () -> reading.read(read)).getMessage();
      assertTrue(message.startsWith(file + ": "), message);
      return message.substring(file.toString().length() + 2);
    }
  }

  @Test
  void whatCannotBeFittedIsRefused() {
    assertEquals(
        "standardizer: feature 1 of sample 1 is NaN",
        error(() -> Standardizer.fit(DataSet.of(new float[][] {{1, 2}, {3, Float.NaN}}, 0, 1))));
    assertEquals(
        "minMaxScaler: the data set is empty", error(() -> MinMaxScaler.fit(DATA.slice(0, 0))));
    assertEquals(
        "standardizer: f32 expected: i32 []",
        error(() -> Standardizer.fitLabels(DataSet.of(new float[][] {{1}}, 0))));
    assertEquals(
        "minMaxScaler: from 1.0 to 1.0 is no range", error(() -> MinMaxScaler.fit(DATA, 1, 1)));
    Standardizer scaler = Standardizer.fit(DATA);
    assertEquals(
        "scaler: 4 values are no rows of 3 features", error(() -> scaler.apply(new float[4])));
    assertEquals(
        "scaler: labels of f32 [1]: f32 with a last axis of 3 expected",
        error(() -> scaler.applyToLabels(DATA)));
    assertEquals(
        "apply: f32 [2]: f32 with a last axis of 3 expected",
        error(() -> scaler.apply(scope.tensor(Shape.of(2), 1f, 2f))));
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }

  @Test
  void categoriesHaveNumbersAndVectors() {
    OneHot colours = OneHot.fit(List.of("red", "blue", "red", "green"));
    assertEquals(List.of("blue", "green", "red"), colours.categories());
    assertEquals(2, colours.number("red"));
    assertEquals("green", colours.category(1));
    assertArrayEquals(new float[] {0, 0, 1}, colours.apply("red"));
    assertEquals("green", colours.inverse(0.2f, 0.5f, 0.5f));
    assertEquals("OneHot[blue, green, red]", colours.toString());
    assertEquals(
        "oneHot: 'pink' is none of [blue, green, red]", error(() -> colours.number("pink")));
    assertEquals("oneHot: no number 3 among [blue, green, red]", error(() -> colours.category(3)));
    assertEquals(
        "oneHot: a vector of 2 values, one for each of [blue, green, red] expected",
        error(() -> colours.inverse(1, 0)));
    assertEquals("oneHot: 'a' twice among [a, b, a]", error(() -> OneHot.of("a", "b", "a")));
    assertEquals("oneHot: no categories", error(() -> OneHot.fit(List.of())));
  }

  @Test
  void irisIsStandardized() throws IOException {
    Table iris =
        Csv.withColumns("sl", "sw", "pl", "pw", "species")
            .read(TestData.file("datasets/tabular-timeseries/iris.csv"));
    OneHot species = OneHot.fit(iris.texts("species"));
    DataSet data = iris.features("sl", "sw", "pl", "pw").classes("species", species);
    Standardizer scaler = Standardizer.fit(data);
    // Means and deviations that iris.names states, to its two digits.
    assertArrayEquals(new double[] {5.84, 3.05, 3.76, 1.20}, scaler.means(), 0.005);
    assertArrayEquals(new double[] {0.83, 0.43, 1.76, 0.76}, scaler.deviations(), 0.006);
    Standardizer again = Standardizer.fit(scaler.applyToFeatures(data));
    assertArrayEquals(new double[4], again.means(), 1e-7);
    assertArrayEquals(new double[] {1, 1, 1, 1}, again.deviations(), 1e-7);
  }
}
