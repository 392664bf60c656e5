package dev.lanewise.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.TestData;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
  @TempDir Path directory;

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("some.csv"), content);
  }

  private Table table(String content) throws IOException {
    return Csv.withHeader().read(file(content));
  }

  @Test
  void aHeaderNamesTheColumns() throws IOException {
    Table table = table("a,b\n1,x\n2,y\n");
    assertEquals(List.of("a", "b"), table.columns());
    assertEquals(2, table.size());
    assertArrayEquals(new double[] {1, 2}, table.numbers("a"));
    assertEquals(List.of("x", "y"), table.texts("b"));
    assertEquals(file("") + " (2 rows of [a, b])", table.toString());
  }

  @Test
  void withoutAHeaderTheFirstLineIsARow() throws IOException {
    Table table = Csv.withColumns("a", "b").separator(';').read(file("1;x\r\n2;y"));
    assertArrayEquals(new double[] {1, 2}, table.numbers("a"));
    assertEquals(List.of("x", "y"), table.texts("b"));
  }

  @Test
  void quotesKeepSeparatorsLineEndsAndQuotes() throws IOException {
    Table table = table("\"a,1\", b \n\"x, \"\"y\"\"\nz\" , plain text \n\" 1 \",\"\"\n");
    assertEquals(List.of("a,1", "b"), table.columns());
    assertEquals(List.of("x, \"y\"\nz", " 1 "), table.texts("a,1"));
    assertEquals(List.of("plain text", ""), table.texts("b"));
  }

  @Test
  void linesEndInAnyWayAndEmptyOnesAreSkipped() throws IOException {
    for (String end : new String[] {"\n", "\r\n", "\r"}) {
      Table table =
          table("\ufeff" + end + "a,b" + end + end + "1,2" + end + end + end + "3,4" + end);
      assertEquals(List.of("a", "b"), table.columns());
      assertArrayEquals(new double[] {2, 4}, table.numbers("b"));
      Table bad = table("a,b" + end + end + "1,2" + end + "3,\"x" + end + "y\"" + end + "5,z");
      assertEquals(
          file("") + ": line 6, column 'b': 'z' is no number",
          error(() -> bad.slice(2, 3).numbers("b")));
    }
    assertEquals(0, table("a,b").size());
  }

  @Test
  void missingValuesAreSeenFilledOrDropped() throws IOException {
    Table table =
        Csv.withHeader().missing("?", "NA").read(file("a,b\n1,x\n,y\n3,?\nNA,\"\"\n5,\n"));
    assertTrue(table.isMissing(1, "a"));
    assertNull(table.text(1, "a"));
    assertEquals("", table.text(3, "b"));
    assertArrayEquals(new double[] {1, Double.NaN, 3, Double.NaN, 5}, table.numbers("a"));
    assertArrayEquals(new double[] {1, 3, 5}, table.withoutMissing("a").numbers("a"));
    assertEquals(List.of("x"), table.withoutMissing().texts("b"));
    assertArrayEquals(new double[] {1, 2.5, 3, 2.5, 5}, table.filled("a", 2.5).numbers("a"));
    assertEquals(List.of("x", "y", "?", "", "?"), table.filled("b", "?").texts("b"));
    assertEquals(
        file("")
            + ": line 4, column 'b': no value: withoutMissing() drops such rows, filled() fills"
            + " them",
        error(() -> table.texts("b")));
  }

  @Test
  void whatIsNoNumberIsNamedByLineAndColumn() throws IOException {
    for (String text :
        new String[] {"abc", "0x1p3", "1f", "2d", "NaN", "Infinity", "1,5", "1e", "-"}) {
      Table table = table("n,t\n1,x\n \"" + text + "\" ,y\n");
      assertEquals(
          file("") + ": line 3, column 'n': '" + text + "' is no number",
          error(() -> table.numbers("n")));
      assertEquals(
          file("") + ": line 3, column 'n': '" + text + "' is no number",
          error(() -> table.features("n").values()));
    }
    Table large = table("n\n1e999\n1e39\n");
    assertEquals(
        file("") + ": line 2, column 'n': '1e999' is too large a number",
        error(() -> large.numbers("n")));
    assertEquals(
        file("") + ": line 3, column 'n': 1.0E39 is too large for f32",
        error(() -> large.slice(1, 2).features("n").values()));
    Table good = table("n\n-1.5e-3\n+2\n.5\n7.\n");
    assertArrayEquals(new double[] {-0.0015, 2, 0.5, 7}, good.numbers("n"));
  }

  @Test
  void malformedFilesAreRefused() throws IOException {
    assertEquals(
        "line 3: 1 cells, one for each of the 2 columns [a, b] expected", refused("a,b\n1,2\n3\n"));
    assertEquals(
        "line 2: 4 cells, one for each of the 2 columns [a, b] expected", refused("a,b\n1,2,3,\n"));
    assertEquals(
        "line 2, column 'b': the quote is never closed", refused("a,b\n1,\"2\n3,4\n5,6\n"));
    assertEquals(
        "line 3, column 'a': 'x' after the closing quote", refused("a,b\n\"1\"\" \n\"x,2\n"));
    assertEquals("line 1, column 2: 'c' after the closing quote", refused("a,\"b\"c\n"));
    assertEquals("two columns 'a' among [a, b, a]", refused("a,b,a\n1,2,3\n"));
    assertEquals("empty: a line of column names expected", refused("\n\n"));
    Path latin = Files.write(directory.resolve("latin.csv"), new byte[] {'a', '\n', (byte) 0xe9});
    assertEquals(
        latin + ": no text in UTF-8",
        assertThrows(IOException.class, () -> Csv.withHeader().read(latin)).getMessage());
    assertEquals(
        List.of("\u00e9"),
        Csv.withHeader().charset(StandardCharsets.ISO_8859_1).read(latin).texts("a"));
  }

  private String refused(String content) throws IOException {
    Path file = file(content);
    String message =
        assertThrows(IOException.class, () -> Csv.withHeader().read(file)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring(file.toString().length() + 2);
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }

  @Test
  void wrongUseIsRefused() throws IOException {
    Table table = table("a,b\n1,x\n");
    assertEquals(file("") + ": no column 'c' among [a, b]", error(() -> table.numbers("c")));
    assertEquals(file("") + ": no column 'c' among [a, b]", error(() -> table.features("c")));
    assertEquals(
        "table: no features: name at least one column", error(() -> table.features().values()));
    assertEquals(
        "csv: no separator: character 34: a quote or a line end",
        error(() -> Csv.withHeader().separator('"')));
    assertEquals("csv: no columns: name at least one", error(Csv::withColumns));
    assertEquals(
        "table: rows 0 to 2 of 1",
        assertThrows(IndexOutOfBoundsException.class, () -> table.slice(0, 2)).getMessage());
  }

  @Test
  void aTableBecomesADataSet() throws IOException {
    Table table = table("size,colour,price,kind\n1,red,10,b\n2,blue,20,a\n3,red,30,c\n");
    OneHot colours = OneHot.fit(table.texts("colour"));
    OneHot kinds = OneHot.of("a", "b", "c");
    TableFeatures features = table.features("size").oneHot("colour", colours).numbers("price");
    assertEquals(4, features.width());
    DataSet classes = features.classes("kind", kinds);
    DataSet targets = table.features("size").targets("price", "size");
    assertEquals(Spec.of(DType.F32, Shape.of(4)), classes.features());
    assertEquals(Spec.of(DType.I32, Shape.scalar()), classes.labels());
    assertEquals(Spec.of(DType.F32, Shape.of(2)), targets.labels());
    try (Scope scope = Scope.open("test")) {
      Batches batches = new Batches(classes, 3, scope);
      batches.read(0);
      assertArrayEquals(
          new float[] {1, 0, 1, 10, 2, 1, 0, 20, 3, 0, 1, 30},
          batches.features(0, scope).toFloats());
      assertArrayEquals(new int[] {1, 0, 2}, batches.labels(0, scope).toInts());
      Batches pairs = new Batches(targets, 3, scope);
      pairs.read(0);
      assertArrayEquals(new float[] {10, 1, 20, 2, 30, 3}, pairs.labels(0, scope).toFloats());
    }
    assertEquals(
        file("") + ": line 4, column 'kind': 'c' is none of [a, b]",
        error(() -> features.classes("kind", OneHot.of("a", "b"))));
    assertArrayEquals(new String[] {"size", "price"}, table.columnsWithout("kind", "colour"));
  }

  /** Whatever the cells hold, a table that was written with quotes is read as it was. */
  @Test
  void quotedCellsAreReadAsTheyWere() throws IOException {
    Random random = new Random(1);
    String alphabet = "ab,\"\n\r \t\u00e9\u4e16";
    for (int round = 0; round < 200; round++) {
      String[][] rows = new String[1 + random.nextInt(4)][3];
      for (String[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          row[i] =
              random
                  .ints(random.nextInt(6), 0, alphabet.length())
                  .mapToObj(at -> alphabet.substring(at, at + 1))
                  .collect(Collectors.joining());
        }
      }
      String text =
          Arrays.stream(rows)
              .map(
                  row ->
                      Arrays.stream(row)
                          .map(cell -> '"' + cell.replace("\"", "\"\"") + '"')
                          .collect(Collectors.joining(",")))
              .collect(Collectors.joining("\n"));
      Table table = Csv.withColumns("a", "b", "c").read(file(text));
      assertEquals(rows.length, table.size());
      for (int row = 0; row < rows.length; row++) {
        assertEquals(rows[row][0], table.text(row, "a"));
        assertEquals(rows[row][1], table.text(row, "b"));
        assertEquals(rows[row][2], table.text(row, "c"));
      }
    }
  }

  @Test
  void anyFileIsATableOrRefused() throws IOException {
    Random random = new Random(2);
    byte[] alphabet = "ab1,\"\n\r \t?".getBytes(StandardCharsets.UTF_8);
    int refused = 0;
    for (int round = 0; round < 600; round++) {
      byte[] content = new byte[random.nextInt(40)];
      for (int i = 0; i < content.length; i++) {
        content[i] = alphabet[random.nextInt(alphabet.length)];
        content[i] |= (byte) (random.nextInt(200) == 0 ? 0x80 : 0);
      }
      Path file = Files.write(directory.resolve("any.csv"), content);
      try {
        Table table = Csv.withColumns("a", "b").missing("?").read(file);
        assertEquals(table.size(), table.filled("a", 0).numbers("b").length);
      } catch (IOException | IllegalArgumentException clear) {
        assertTrue(clear.getMessage().startsWith(file + ": "), clear.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 300 && refused < 600, "refused " + refused);
  }

  private static Path real(String name) {
    return TestData.file("datasets/tabular-timeseries/" + name + ".csv");
  }

  @Test
  void irisIsRead() throws IOException {
    String[] numeric = {"sepal_length", "sepal_width", "petal_length", "petal_width"};
    Table iris =
        Csv.withColumns(numeric[0], numeric[1], numeric[2], numeric[3], "species")
            .read(real("iris"));
    OneHot species = OneHot.fit(iris.texts("species"));
    assertEquals(List.of("Iris-setosa", "Iris-versicolor", "Iris-virginica"), species.categories());
    DataSet data = iris.features(iris.columnsWithout("species")).classes("species", species);
    assertEquals(150, data.size());
    assertEquals(
        Map.of("Iris-setosa", 50L, "Iris-versicolor", 50L, "Iris-virginica", 50L),
        iris.texts("species").stream()
            .collect(Collectors.groupingBy(name -> name, Collectors.counting())));
    // The means that iris.names states.
    assertEquals(5.84, Arrays.stream(iris.numbers("sepal_length")).average().orElseThrow(), 0.005);
    assertEquals(3.05, Arrays.stream(iris.numbers("sepal_width")).average().orElseThrow(), 0.005);
  }

  @Test
  void theOtherTablesAreRead() throws IOException {
    Table passengers = Csv.withHeader().read(real("airline-passengers"));
    assertEquals(List.of("Month", "Passengers"), passengers.columns());
    assertEquals(144, passengers.size());
    assertEquals("1960-12", passengers.text(143, "Month"));
    assertEquals(432, passengers.numbers("Passengers")[143]);

    Table spots = Csv.withHeader().read(real("monthly-sunspots"));
    assertEquals(2820, spots.size());
    assertEquals(58.0, spots.numbers("Sunspots")[0]);

    Table temperatures = Csv.withHeader().read(real("daily-min-temperatures"));
    assertEquals(3650, temperatures.size());
    assertEquals(13.0, temperatures.numbers("Temp")[3649]);

    String[] columns =
        "crim zn indus chas nox rm age dis rad tax ptratio b lstat medv".split(" ", -1);
    Table housing = Csv.withColumns(columns).read(real("housing"));
    DataSet houses = housing.features(housing.columnsWithout("medv")).targets("medv");
    assertEquals(506, houses.size());
    assertEquals(Shape.of(13), houses.features().shape());

    Table wine =
        Csv.withColumns("1 2 3 4 5 6 7 8 9 10 11 quality".split(" ", -1))
            .read(real("winequality-white"));
    assertEquals(4898, wine.size());
    assertEquals(
        List.of("3", "4", "5", "6", "7", "8", "9"), OneHot.fit(wine.texts("quality")).categories());
  }
}
