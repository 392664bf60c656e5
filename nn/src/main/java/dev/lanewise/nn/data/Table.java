package dev.lanewise.nn.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Named columns of a file of text, each cell a text or without value; see {@link Csv}.
 *
 * <p>A column is read as numbers or as categories only when it is asked for as such, and what does
 * not fit is named by file, line and column. Immutable; threads may share it.
 */
public final class Table {
  private final Path path;
  private final List<String> columns;
  private final Cells cells;

  /** The rows of {@link #cells} that this table has. */
  private final int[] rows;

  /** What stands for missing values, by column. */
  private final Map<String, String> fills;

  Table(Path path, List<String> columns, Cells cells) {
    this(path, columns, cells, everyRow(cells), Map.of());
  }

  private Table(
      Path path, List<String> columns, Cells cells, int[] rows, Map<String, String> fills) {
    this.path = path;
    this.columns = columns;
    this.cells = cells;
    this.rows = rows;
    this.fills = fills;
  }

  private static int[] everyRow(Cells cells) {
    int[] rows = new int[cells.rows()];
    Arrays.setAll(rows, row -> row);
    return rows;
  }

  /** The names of the columns, in the order of the file. */
  public List<String> columns() {
    return columns;
  }

  /** How many rows there are. */
  public int size() {
    return rows.length;
  }

  /** Whether a cell has no value. */
  public boolean isMissing(int row, String column) {
    return !fills.containsKey(column) && cells.isMissing(cell(row, index(column)));
  }

  /** The text of a cell, or null if it has no value. */
  public String text(int row, String column) {
    int cell = cell(row, index(column));
    return cells.isMissing(cell) ? fills.get(column) : cells.text(cell);
  }

  /**
   * A column as texts.
   *
   * @throws IllegalArgumentException if there is no such column or a value is missing
   */
  public List<String> texts(String column) {
    index(column);
    List<String> texts = new ArrayList<>(rows.length);
    for (int row = 0; row < rows.length; row++) {
      texts.add(present(row, column));
    }
    return texts;
  }

  /**
   * A column as numbers, NaN where the value is missing.
   *
   * @throws IllegalArgumentException if there is no such column or a text in it is no number
   */
  public double[] numbers(String column) {
    index(column);
    double[] numbers = new double[rows.length];
    for (int row = 0; row < rows.length; row++) {
      numbers[row] = isMissing(row, column) ? Double.NaN : number(row, column);
    }
    return numbers;
  }

  /** This table without the rows that lack a value in one of these columns, or in any if none. */
  public Table withoutMissing(String... among) {
    List<String> asked = among.length == 0 ? columns : List.of(among);
    int[] kept =
        IntStream.range(0, rows.length)
            .filter(row -> asked.stream().noneMatch(column -> isMissing(row, column)))
            .map(row -> rows[row])
            .toArray();
    return new Table(path, columns, cells, kept, fills);
  }

  /** This table with a text for the missing values of a column. */
  public Table filled(String column, String value) {
    index(column);
    Map<String, String> more = new LinkedHashMap<>(fills);
    more.put(column, value);
    return new Table(path, columns, cells, rows, Map.copyOf(more));
  }

  /** This table with a number for the missing values of a column. */
  public Table filled(String column, double value) {
    return filled(column, Double.toString(value));
  }

  /** Rows {@code from} to {@code to}, exclusive. */
  public Table slice(int from, int to) {
    if (from < 0 || from > to || to > rows.length) {
      throw new IndexOutOfBoundsException(
          "table: rows %d to %d of %d".formatted(from, to, rows.length));
    }
    return new Table(path, columns, cells, Arrays.copyOfRange(rows, from, to), fills);
  }

  /** The beginning of a data set: these columns as numbers, features in this order. */
  public TableFeatures features(String... numeric) {
    return new TableFeatures(this, List.of()).numbers(numeric);
  }

  /** All columns but these, in the order of the file. */
  public String[] columnsWithout(String... others) {
    Set<String> gone = Set.of(others);
    gone.forEach(this::index);
    return columns.stream().filter(column -> !gone.contains(column)).toArray(String[]::new);
  }

  double number(int row, String column) {
    String text = present(row, column).strip();
    try {
      // Double.parseDouble also takes hexadecimal numbers, suffixes of Java's types and names.
      if (isDecimal(text)) {
        double value = Double.parseDouble(text);
        if (Double.isFinite(value)) {
          return value;
        }
        throw refused(row, column, "'" + text + "' is too large a number");
      }
    } catch (NumberFormatException _) {
      // Reported as any other text that is no number.
    }
    throw refused(row, column, "'" + text + "' is no number");
  }

  private static boolean isDecimal(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  String present(int row, String column) {
    String text = text(row, column);
    if (text == null) {
      throw refused(row, column, "no value: withoutMissing() drops such rows, filled() fills them");
    }
    return text;
  }

  IllegalArgumentException refused(int row, String column, String why) {
    return new IllegalArgumentException(
        "%s: line %d, column '%s': %s".formatted(path, cells.line(rows[row]), column, why));
  }

  int index(String column) {
    int index = columns.indexOf(column);
    if (index < 0) {
      throw new IllegalArgumentException(
          "%s: no column '%s' among %s".formatted(path, column, columns));
    }
    return index;
  }

  private int cell(int row, int column) {
    return rows[row] * columns.size() + column;
  }

  @Override
  public String toString() {
    return path + " (" + rows.length + " rows of " + columns + ")";
  }
}
