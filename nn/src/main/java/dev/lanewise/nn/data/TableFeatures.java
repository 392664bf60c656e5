package dev.lanewise.nn.data;

import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Columns of a table chosen as features, to become a {@link DataSet} with the columns chosen as
 * targets.
 *
 * <p>Features are f32 of one axis, in the order in which the columns were named.
 */
public final class TableFeatures {
  /** A column, with its categories if it is none of numbers. */
  record Column(String name, OneHot categories) {
    int width() {
      return categories == null ? 1 : categories.size();
    }
  }

  private final Table table;
  private final List<Column> features;

  TableFeatures(Table table, List<Column> features) {
    this.table = table;
    this.features = List.copyOf(features);
  }

  /** These features and more columns as numbers. */
  public TableFeatures numbers(String... columns) {
    TableFeatures more = this;
    for (String column : columns) {
      more = more.and(new Column(column, null));
    }
    return more;
  }

  /** These features and a column of categories, a number for each category. */
  public TableFeatures oneHot(String column, OneHot categories) {
    return and(new Column(column, categories));
  }

  private TableFeatures and(Column column) {
    table.index(column.name);
    List<Column> more = new ArrayList<>(features);
    more.add(column);
    return new TableFeatures(table, more);
  }

  /** How many features a sample has. */
  public int width() {
    return features.stream().mapToInt(Column::width).sum();
  }

  /**
   * The features of all rows, row by row.
   *
   * @throws IllegalArgumentException if a value is missing, no number, or none of the categories
   */
  public float[] values() {
    if (features.isEmpty()) {
      throw new IllegalArgumentException("table: no features: name at least one column");
    }
    float[] values = new float[Math.multiplyExact(table.size(), width())];
    int at = 0;
    for (int row = 0; row < table.size(); row++) {
      for (Column column : features) {
        if (column.categories == null) {
          values[at] = number(row, column.name);
        } else {
          values[at + category(row, column.name, column.categories)] = 1;
        }
        at += column.width();
      }
    }
    return values;
  }

  private float number(int row, String column) {
    double number = table.number(row, column);
    float value = (float) number;
    if (Float.isInfinite(value)) {
      throw table.refused(row, column, number + " is too large for f32");
    }
    return value;
  }

  private int category(int row, String column, OneHot categories) {
    String text = table.present(row, column);
    int index = categories.find(text);
    if (index < 0) {
      throw table.refused(row, column, "'" + text + "' is none of " + categories.categories());
    }
    return index;
  }

  /**
   * Samples with the numbers of these columns as targets, f32 {@code [columns]}.
   *
   * @throws IllegalArgumentException as {@link #values} does
   */
  public DataSet targets(String... columns) {
    float[] targets = new TableFeatures(table, List.of()).numbers(columns).values();
    return DataSet.of(Shape.of(width()), values(), Shape.of(columns.length), targets);
  }

  /**
   * Samples with the class that this column names, an i32: its number among the categories.
   *
   * @throws IllegalArgumentException as {@link #values} does
   */
  public DataSet classes(String column, OneHot categories) {
    int[] classes = new int[table.size()];
    for (int row = 0; row < classes.length; row++) {
      classes[row] = category(row, column, categories);
    }
    return DataSet.of(Shape.of(width()), values(), classes);
  }
}
