package dev.lanewise.nn.data;

/** The texts of a table, row by row, one behind the other in one string. */
final class Cells {
  private final String text;
  private final int[] ends;
  private final int[] lines;

  /**
   * Cells over the caller's arrays.
   *
   * @param text of all cells
   * @param ends where each cell ends in {@code text}; of a cell without value the complement of it
   * @param lines of the file in which the rows begin
   */
  Cells(String text, int[] ends, int[] lines) {
    this.text = text;
    this.ends = ends;
    this.lines = lines;
  }

  /** Where a cell ends, of what {@code ends} has for it. */
  static int end(int stored) {
    return stored < 0 ? ~stored : stored;
  }

  boolean isMissing(int cell) {
    return ends[cell] < 0;
  }

  String text(int cell) {
    return text.substring(cell == 0 ? 0 : end(ends[cell - 1]), end(ends[cell]));
  }

  int rows() {
    return lines.length;
  }

  int line(int row) {
    return lines[row];
  }
}
