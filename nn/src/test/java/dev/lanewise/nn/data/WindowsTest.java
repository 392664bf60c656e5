package dev.lanewise.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.nn.TestData;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WindowsTest {
  @TempDir Path directory;

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Batches all(DataSet data) {
    Batches batches = new Batches(data, 1000, scope);
    batches.read(0);
    return batches;
  }

  private static float[] series(int length) {
    float[] series = new float[length];
    for (int i = 0; i < length; i++) {
      series[i] = i;
    }
    return series;
  }

  @Test
  void aWindowIsFollowedByWhatComesNext() {
    DataSet data = SeriesWindows.of(3).over(series(6));
    assertEquals(3, data.size());
    assertEquals(Spec.of(DType.F32, Shape.of(3, 1)), data.features());
    assertEquals(Spec.of(DType.F32, Shape.of(1)), data.labels());
    Batches batches = all(data);
    assertArrayEquals(
        new float[] {0, 1, 2, 1, 2, 3, 2, 3, 4}, batches.features(0, scope).toFloats());
    assertArrayEquals(new float[] {3, 4, 5}, batches.labels(0, scope).toFloats());
  }

  @Test
  void horizonAndStrideAreKept() {
    DataSet data = SeriesWindows.of(2).horizon(3).stride(4).over(series(13));
    assertEquals(3, data.size());
    Batches batches = all(data);
    assertArrayEquals(new float[] {0, 1, 4, 5, 8, 9}, batches.features(0, scope).toFloats());
    assertArrayEquals(
        new float[] {2, 3, 4, 6, 7, 8, 10, 11, 12}, batches.labels(0, scope).toFloats());
    assertEquals(2, SeriesWindows.of(2).horizon(3).stride(4).over(series(12)).size());
    assertEquals(1, SeriesWindows.of(2).horizon(3).stride(4).over(series(5)).size());
  }

  @Test
  void severalValuesAStepAndSomeOfThemForecast() {
    float[] series = {0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32};
    DataSet data = SeriesWindows.of(2).horizon(2).over(series, 3, 2, 0);
    assertEquals(Spec.of(DType.F32, Shape.of(2, 3)), data.features());
    assertEquals(Spec.of(DType.F32, Shape.of(4)), data.labels());
    Batches batches = all(data);
    assertArrayEquals(new float[] {0, 1, 2, 10, 11, 12}, batches.features(0, scope).toFloats());
    assertArrayEquals(new float[] {22, 20, 32, 30}, batches.labels(0, scope).toFloats());
    assertArrayEquals(
        new float[] {10, 11, 12, 20, 21, 22, 30, 31, 32},
        all(SeriesWindows.of(1).over(series, 3)).labels(0, scope).toFloats());
  }

  @Test
  void whatMakesNoWindowIsRefused() {
    assertEquals(
        "seriesWindows: length 0, horizon 1, stride 1: at least 1 each",
        error(() -> SeriesWindows.of(0)));
    assertEquals(
        "seriesWindows: a series of 4 steps, at least 5 (length 3, horizon 2) expected",
        error(() -> SeriesWindows.of(3).horizon(2).over(series(4))));
    assertEquals(
        "seriesWindows: 4 values are no steps of 3",
        error(() -> SeriesWindows.of(1).over(series(4), 3)));
    assertEquals(
        "seriesWindows: no target 2: a step has 2 values",
        error(() -> SeriesWindows.of(1).over(series(4), 2, 2)));
    assertEquals(
        "characterText: 3 characters, more than the length of a window, 3, expected",
        error(() -> CharacterText.of("abc").windows(3)));
    assertEquals(
        "characterText: windows of length 0, stride 1: at least 1 each",
        error(() -> CharacterText.of("abc").windows(0)));
    assertEquals(
        "characterText: split at 1.0: between 0 and 1 expected",
        error(() -> CharacterText.of("abc").split(1)));
    assertEquals("characterVocabulary: the text is empty", error(() -> CharacterText.of("")));
    CharacterVocabulary abc = CharacterVocabulary.of("abc");
    assertEquals(
        "characterVocabulary: 'd' (U+0064) at character 1 is none of the 3 known",
        error(() -> abc.encode("ad")));
    assertEquals(
        "characterVocabulary: id 3 in place 1: from 0 to 2 expected",
        error(() -> abc.decode(0, 3)));
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }

  @Test
  void aTextIsWindowsOfCharactersAndTheNextOnes() {
    CharacterText text = CharacterText.of("hello");
    assertEquals("ehlo", text.vocabulary().characters());
    assertArrayEquals(new int[] {1, 0, 2, 2, 3}, text.ids());
    DataSet data = text.windows(3);
    assertEquals(Spec.of(DType.I32, Shape.of(3)), data.features());
    assertEquals(Spec.of(DType.I32, Shape.of(3)), data.labels());
    Batches batches = all(data);
    assertArrayEquals(new int[] {1, 0, 2, 0, 2, 2}, batches.features(0, scope).toInts());
    assertArrayEquals(new int[] {0, 2, 2, 2, 2, 3}, batches.labels(0, scope).toInts());
    assertEquals(1, text.windows(2, 3).size());
    assertEquals(2, text.windows(1, 3).size());
  }

  @Test
  void charactersBeyondTheBasicPlaneAreOne() {
    String text = "a\ud83d\ude00b\ud83d\ude00";
    CharacterVocabulary vocabulary = CharacterVocabulary.of(text);
    assertEquals(3, vocabulary.size());
    assertArrayEquals(new int[] {0, 2, 1, 2}, vocabulary.encode(text));
    assertEquals(text, vocabulary.decode(0, 2, 1, 2));
    assertEquals("CharacterVocabulary(3 characters)", vocabulary.toString());
  }

  @Test
  void aTextIsCutByPosition() {
    CharacterText.Split split = CharacterText.of("abcdefghij").split(0.7);
    assertEquals("abcdefg", split.train().vocabulary().decode(split.train().ids()));
    assertEquals("hij", split.validation().vocabulary().decode(split.validation().ids()));
    assertEquals(10, split.validation().vocabulary().size());
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    Path file = Files.write(directory.resolve("text"), new byte[] {'a', (byte) 0xff});
    assertEquals(
        file + ": no text in UTF-8",
        assertThrows(IOException.class, () -> CharacterText.read(file)).getMessage());
    Files.write(file, new byte[0]);
    assertEquals(
        file + ": empty: a text expected",
        assertThrows(IOException.class, () -> CharacterText.read(file)).getMessage());
  }

  @Test
  void shakespeareIsRead() throws IOException {
    CharacterText text = CharacterText.read(TestData.file("datasets/tinyshakespeare/input.txt"));
    CharacterVocabulary vocabulary = text.vocabulary();
    assertEquals(65, vocabulary.size());
    assertEquals(1_115_394, text.size());
    assertEquals(
        "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        vocabulary.characters());
    CharacterText.Split split = text.split(0.9);
    assertEquals(1_003_855, split.train().size());
    assertEquals(111_539, split.validation().size());
    Batches batches = new Batches(split.train().windows(14, 14), 2, scope);
    batches.read(0);
    assertEquals(
        "First Citizen:\nBefore we pro", vocabulary.decode(batches.features(0, scope).toInts()));
    assertEquals(
        "irst Citizen:\nBefore we proc", vocabulary.decode(batches.labels(0, scope).toInts()));
    assertArrayEquals(text.ids(), vocabulary.encode(vocabulary.decode(text.ids())));
  }

  @Test
  void passengersAreForecast() throws IOException {
    Table table =
        Csv.withHeader().read(TestData.file("datasets/tabular-timeseries/airline-passengers.csv"));
    float[] series = table.features("Passengers").values();
    DataSet data = SeriesWindows.of(12).over(series);
    assertEquals(132, data.size());
    Batches batches = all(data);
    assertArrayEquals(
        new float[] {115, 126, 141}, Arrays.copyOf(batches.labels(0, scope).toFloats(), 3));
    assertEquals(432, batches.labels(0, scope).value(131, 0));
    assertArrayEquals(
        new float[] {405, 417, 391},
        Arrays.copyOf(batches.features(0, scope).slice(0, 131, 132).reshape(12).toFloats(), 3));
  }
}
