package dev.lanewise.nn.data;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One reading of one file, character by character. */
final class CsvReader {
  private static final int END = -1;
  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final Csv form;
  private final Path path;
  private final Reader file;

  /** The cells read so far, one behind the other, and where each ends. */
  private final StringBuilder cells = new StringBuilder();

  private int[] ends = new int[1024];
  private int count;

  private int[] lines = new int[128];
  private int rows;

  private final char[] buffer;
  private int bufferAt;
  private int bufferEnd;

  private List<String> columns;
  private int next;
  private int line;

  /** Of a whole file. */
  CsvReader(Csv form, Path path, Reader file) {
    this(form, path, file, 1, 1 << 16);
  }

  /**
   * Of a part of a file.
   *
   * @param line of the file that the part begins with
   * @param length of the part, in characters, or less
   */
  CsvReader(Csv form, Path path, Reader part, int line, int length) {
    this.form = form;
    this.path = path;
    this.file = part;
    this.line = line;
    this.buffer = new char[Math.max(1, length)];
    this.columns = form.names();
  }

  Table read() throws IOException {
    next = take();
    if (next == BYTE_ORDER_MARK) {
      next = take();
    }
    if (columns.isEmpty()) {
      header();
    }
    requireDistinct();
    while (skipEmptyLines()) {
      row();
    }
    return new Table(
        path,
        columns,
        new Cells(cells.toString(), Arrays.copyOf(ends, count), Arrays.copyOf(lines, rows)));
  }

  private void header() throws IOException {
    if (!skipEmptyLines()) {
      throw new IOException(path + ": empty: a line of column names expected");
    }
    int width = cells(Integer.MAX_VALUE);
    String[] names = new String[width];
    int from = 0;
    for (int i = 0; i < width; i++) {
      int end = Cells.end(ends[i]);
      names[i] = cells.substring(from, end);
      from = end;
    }
    columns = List.of(names);
    cells.setLength(0);
    count = 0;
  }

  private void requireDistinct() throws IOException {
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (!seen.add(column)) {
        throw new IOException(path + ": two columns '" + column + "' among " + columns);
      }
    }
  }

  private void row() throws IOException {
    int begun = line;
    int width = cells(columns.size());
    if (width != columns.size()) {
      throw new IOException(
          "%s: line %d: %d cells, one for each of the %d columns %s expected"
              .formatted(path, begun, width, columns.size(), columns));
    }
    if (rows == lines.length) {
      lines = Arrays.copyOf(lines, 2 * rows);
    }
    lines[rows++] = begun;
  }

  /**
   * Reads the cells of a line and what ends it; how many there are. Cells beyond {@code kept} are
   * only counted.
   */
  private int cells(int kept) throws IOException {
    int width = 0;
    while (true) {
      int from = cells.length();
      boolean quoted = cell(width);
      if (width < kept) {
        keep(from, quoted);
      } else {
        cells.setLength(from);
      }
      width++;
      if (next != form.separator()) {
        endLine();
        return width;
      }
      advance();
    }
  }

  /** Appends the next cell to {@link #cells}; whether it was in quotes. */
  private boolean cell(int column) throws IOException {
    int from = cells.length();
    while (isSpace(next)) {
      advance();
    }
    if (next == '"') {
      quoted(column);
      return true;
    }
    while (next != form.separator() && !isLineEnd(next)) {
      cells.append((char) next);
      advance();
    }
    int end = cells.length();
    while (end > from && isSpace(cells.charAt(end - 1))) {
      end--;
    }
    cells.setLength(end);
    return false;
  }

  private void quoted(int column) throws IOException {
    int begun = line;
    advance();
    while (true) {
      if (next == END) {
        throw new IOException(place(begun, column) + "the quote is never closed");
      }
      if (next == '"') {
        advance();
        if (next != '"') {
          break;
        }
      }
      // A line end within quotes is part of the cell.
      cells.append((char) next);
      advance();
    }
    while (isSpace(next)) {
      advance();
    }
    if (next != form.separator() && !isLineEnd(next)) {
      throw new IOException(place(line, column) + "'" + (char) next + "' after the closing quote");
    }
  }

  private String place(int where, int column) {
    String name =
        column < columns.size() ? "'" + columns.get(column) + "'" : Integer.toString(column + 1);
    return path + ": line " + where + ", column " + name + ": ";
  }

  private void keep(int from, boolean quoted) throws IOException {
    if (count == Integer.MAX_VALUE >> 1 || cells.length() > Integer.MAX_VALUE >> 1) {
      throw new IOException(path + ": line " + line + ": too large: more than 2^30 cells or text");
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    int end = cells.length();
    boolean none = !quoted && end == from;
    ends[count++] = none || form.missing().contains(cells.substring(from)) ? ~end : end;
  }

  private boolean isSpace(int c) {
    return (c == ' ' || c == '\t') && c != form.separator();
  }

  private static boolean isLineEnd(int c) {
    return c == '\n' || c == '\r' || c == END;
  }

  /** Goes to the next line that has something; whether there is one. */
  private boolean skipEmptyLines() throws IOException {
    while (next == '\n' || next == '\r') {
      endLine();
    }
    return next != END;
  }

  private void endLine() throws IOException {
    if (next == '\r') {
      next = take();
      if (next != '\n') {
        line++;
        return;
      }
    }
    if (next == '\n') {
      line++;
      next = take();
    }
  }

  private void advance() throws IOException {
    int before = next;
    next = take();
    if (before == '\n' || (before == '\r' && next != '\n')) {
      line++;
    }
  }

  private int take() throws IOException {
    if (bufferAt == bufferEnd) {
      bufferAt = 0;
      bufferEnd = Math.max(0, file.read(buffer, 0, buffer.length));
      if (bufferEnd == 0) {
        return END;
      }
    }
    return buffer[bufferAt++];
  }
}
