package dev.lanewise.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFileTest {
  @TempDir Path directory;

  private final Arena arena = Arena.ofShared();

  @AfterEach
  void close() {
    arena.close();
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("some.csv"), content);
  }

  private CsvFile map(String content) throws IOException {
    return Csv.withHeader().map(file(content), arena);
  }

  /** Reading row by row gives what reading the file at once gives. */
  private void sameAsWhole(String content) throws IOException {
    Table whole = Csv.withHeader().read(file(content));
    CsvFile mapped = map(content);
    assertEquals(whole.columns(), mapped.columns(), content);
    assertEquals(whole.size(), mapped.size(), content);
    for (int row = 0; row < whole.size(); row++) {
      Table one = mapped.rows(row, row + 1);
      assertEquals(1, one.size(), content);
      for (String column : whole.columns()) {
        assertEquals(whole.text(row, column), one.text(0, column), content);
      }
    }
  }

  @Test
  void rowsAreThoseOfTheWholeFile() throws IOException {
    sameAsWhole("a,b\n1,x\n2,y\n");
    sameAsWhole("a,b\r\n1,x\r\n\r\n2,y");
    sameAsWhole("\ufeffa,b\r1,\u00e4\r2,\u4e16\r\r");
    sameAsWhole("a,b\n\"one\nand, \"\"two\"\"\" ,x\n , y \n\"\",\n");
    sameAsWhole("a,b\n5\" disk,x\n");
    sameAsWhole("a\n");
  }

  @Test
  void rowsOfRandomFilesAreThoseOfTheWholeFile() throws IOException {
    Random random = new Random(11);
    String[] pieces = {"\"q\"", "\"a\nb\"", "\"\"\"\"", "1", " x ", "", "\t", "y\"z", "\u00fc"};
    String[] ends = {"\n", "\r\n", "\r", "\n\n"};
    for (int round = 0; round < 200; round++) {
      StringBuilder text = new StringBuilder("a,b,c\n");
      for (int row = random.nextInt(6); row > 0; row--) {
        for (int column = 0; column < 3; column++) {
          text.append(pieces[random.nextInt(pieces.length)]).append(column < 2 ? "," : "");
        }
        text.append(ends[random.nextInt(ends.length)]);
      }
      sameAsWhole(text.toString());
    }
  }

  @Test
  void samplesAreMadeOfRowsInAnyOrder() throws IOException {
    CsvFile mapped = map("a,b,kind\n1,2,dog\n3,4,cat\n5,6,dog\n");
    OneHot kinds = OneHot.of("cat", "dog");
    DataSet data = mapped.dataSet(rows -> rows.features("b", "a").classes("kind", kinds));
    assertEquals(3, data.size());
    try (Scope scope = Scope.open("test")) {
      Batches batches = Batches.prefetching(data.shuffled(3), 3, 1, scope);
      batches.read(0);
      float[] features = batches.features(0, scope).toFloats();
      int[] labels = batches.labels(0, scope).toInts();
      for (int row = 0; row < 3; row++) {
        assertEquals(features[2 * row + 1] + 1, features[2 * row]);
        assertEquals(features[2 * row + 1] == 3 ? 0 : 1, labels[row]);
      }
      batches.close();
    }
  }

  @Test
  void aRowThatDoesNotFitIsNamedByItsLine() throws IOException {
    Path path = file("");
    assertEquals(
        path + ": line 4: 1 cells, one for each of the 2 columns [a, b] expected",
        assertThrows(IOException.class, () -> map("a,b\n1,2\n\n3\n5,6\n")).getMessage());
    assertEquals(
        path + ": line 3, column 'b': the quote is never closed",
        assertThrows(IOException.class, () -> map("a,b\n1,2\n3,\"4\n5,6\n")).getMessage());
    assertEquals(
        path + ": line 2, column 'a': 'x' after the closing quote",
        assertThrows(IOException.class, () -> map("a,b\n\"1\"x,2\n")).getMessage());
    assertEquals(
        path + ": empty: a line of column names expected",
        assertThrows(IOException.class, () -> map("\n\n")).getMessage());
  }

  @Test
  void aValueThatDoesNotFitIsNamedWhenItIsRead() throws IOException {
    CsvFile mapped = map("a,b\n1,2\n3,four\n");
    DataSet data = mapped.dataSet(rows -> rows.features("a").targets("b"));
    try (Scope scope = Scope.open("test")) {
      Batches batches = new Batches(data, 2, scope);
      String message =
          assertThrows(IllegalArgumentException.class, () -> batches.read(0)).getMessage();
      assertTrue(message.contains("line 3") && message.contains("four"), message);
    }
    assertThrows(IndexOutOfBoundsException.class, () -> mapped.rows(1, 3));
  }

  @Test
  void setsNeedASampleOfEachRow() throws IOException {
    CsvFile mapped = map("a,b\n1,2\n,4\n");
    Path path = file("a,b\n1,2\n,4\n");
    DataSet data = mapped.dataSet(rows -> rows.withoutMissing().features("a").targets("b"));
    try (Scope scope = Scope.open("test")) {
      Batches batches = new Batches(data, 2, scope);
      assertEquals(
          path + ": line 3: 0 samples were made of a row, one expected",
          assertThrows(IllegalArgumentException.class, () -> batches.read(0)).getMessage());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> map("a,b\n").dataSet(rows -> rows.features("a").targets("b")));
  }

  @Test
  void charactersThatAreNoneAreNoticedWithTheirRow() throws IOException {
    Path path = directory.resolve("some.csv");
    Files.write(path, new byte[] {'a', '\n', '1', '\n', (byte) 0xff, '\n'});
    CsvFile mapped = Csv.withHeader().map(path, arena);
    assertEquals(List.of("1"), mapped.rows(0, 1).texts("a"));
    assertEquals(
        path + ": line 3: no text in UTF-8",
        assertThrows(IOException.class, () -> mapped.rows(1, 2)).getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> Csv.withHeader().charset(StandardCharsets.UTF_16).map(path, arena));
  }

  @Test
  void rowsEndWithTheirArena() throws IOException {
    CsvFile mapped;
    try (Arena shorter = Arena.ofConfined()) {
      mapped = Csv.withHeader().map(file("a\n1\n"), shorter);
      assertArrayEquals(new double[] {1}, mapped.rows(0, 1).numbers("a"));
    }
    assertThrows(IllegalStateException.class, () -> mapped.rows(0, 1));
  }

  @Test
  void whatCannotBeReadFirstIsRefusedAtOnce() throws IOException {
    Path path = directory.resolve("some.csv");
    Files.write(path, new byte[] {'a', ',', 'b', '\n', (byte) 0xff, ',', '1', '\n'});
    CsvFile mapped = Csv.withHeader().map(path, arena);
    assertThrows(
        UncheckedIOException.class, () -> mapped.dataSet(rows -> rows.features("a").targets("b")));
  }
}
