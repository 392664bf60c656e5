package dev.lanewise.nn.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * How a file of separated values is written, and its reader (RFC 4180).
 *
 * <p>A cell in double quotes may hold separators, line ends and, doubled, quotes, and is kept as it
 * is; spaces around other cells are not part of them. Lines end with LF, CR or both; empty lines
 * are skipped. A cell has no value if it is empty and not quoted, or if it is one of {@link
 * #missing}.
 *
 * @param separator between two cells
 * @param names of the columns, or empty if the first line has them
 * @param missing texts that stand for no value, besides the empty one
 * @param charset of the file; a byte order mark of UTF-8 is skipped
 */
public record Csv(char separator, List<String> names, Set<String> missing, Charset charset) {
  public Csv {
    if (separator == '"' || separator == '\n' || separator == '\r') {
      throw new IllegalArgumentException(
          "csv: no separator: character " + (int) separator + ": a quote or a line end");
    }
    names = List.copyOf(names);
    missing = Set.copyOf(missing);
  }

  /** Commas, UTF-8, and the names of the columns in the first line. */
  public static Csv withHeader() {
    return new Csv(',', List.of(), Set.of(), StandardCharsets.UTF_8);
  }

  /** Commas, UTF-8, and no line of names: the first line is a row. */
  public static Csv withColumns(String... names) {
    if (names.length == 0) {
      throw new IllegalArgumentException("csv: no columns: name at least one");
    }
    return new Csv(',', List.of(names), Set.of(), StandardCharsets.UTF_8);
  }

  /** With another character between the cells. */
  public Csv separator(char other) {
    return new Csv(other, names, missing, charset);
  }

  /** With these texts, such as {@code ?} or {@code NA}, for no value. */
  public Csv missing(String... texts) {
    return new Csv(separator, names, Set.of(texts), charset);
  }

  /** In another character set. */
  public Csv charset(Charset other) {
    return new Csv(separator, names, missing, other);
  }

  Csv names(List<String> columns) {
    return new Csv(separator, columns, missing, charset);
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read, a row has more or fewer cells than there are columns,
   *     or quotes do not close
   */
  public Table read(Path path) throws IOException {
    try (BufferedReader file = Files.newBufferedReader(path, charset)) {
      return new CsvReader(this, path, file).read();
    } catch (CharacterCodingException foreign) {
      throw new IOException(path + ": no text in " + charset, foreign);
    }
  }

  /**
   * Finds the rows of a file, to be read when they are asked for.
   *
   * @param arena how long
   * @throws IOException as {@link #read} does, but characters that are none are noticed when their
   *     row is read
   * @throws IllegalArgumentException if the character set does not write quotes, separators and
   *     line ends as ASCII does
   */
  public CsvFile map(Path path, Arena arena) throws IOException {
    return CsvFile.of(this, path, arena);
  }
}
