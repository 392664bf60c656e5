package dev.lanewise.nn.data;

import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A file of separated values that stays on disk: the places of its rows are known, a row is read
 * when it is asked for. Twelve bytes of memory a row.
 *
 * <pre>{@code
 * try (Arena arena = Arena.ofShared()) {
 *   CsvFile file = Csv.withHeader().map(path, arena);
 *   model.fit(file.dataSet(rows -> rows.features("width", "height").targets("price")), fit);
 * }
 * }</pre>
 *
 * <p>The file is mapped as long as the arena lives and must not become shorter meanwhile. Threads
 * may share it if they may share the arena.
 */
public final class CsvFile {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final Csv form;
  private final Path path;
  private final MemorySegment text;

  /** Where each row begins, and the end of the file. */
  private long[] starts = new long[1024];

  /** The line of the file in which each row begins. */
  private int[] lines = new int[1024];

  private int rows;

  private CsvFile(Csv form, Path path, MemorySegment text) {
    this.form = form;
    this.path = path;
    this.text = text;
  }

  static CsvFile of(Csv form, Path path, Arena arena) throws IOException {
    requireAscii(form);
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment text = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena);
      Scan scan = new Scan(form.separator(), text);
      Csv named = form;
      if (form.names().isEmpty()) {
        scan.next();
        CsvFile header = new CsvFile(form, path, text);
        header.add(scan);
        header.starts[header.rows] = scan.at;
        named = form.names(header.table(form, 0, header.rows).columns());
      }
      CsvFile found = new CsvFile(named, path, text);
      found.find(scan);
      return found;
    }
  }

  private static void requireAscii(Csv form) {
    String marks = "\"\r\n \t" + form.separator();
    byte[] ascii = marks.getBytes(StandardCharsets.US_ASCII);
    if (form.separator() > 0x7f || !Arrays.equals(marks.getBytes(form.charset()), ascii)) {
      throw new IllegalArgumentException(
          "csv: rows separated by '%s' in %s: ASCII characters expected: read the whole file"
              .formatted(form.separator(), form.charset()));
    }
  }

  private void find(Scan scan) throws IOException {
    while (scan.next()) {
      add(scan);
      if (scan.cells != form.names().size() || scan.isMalformed) {
        starts[rows] = scan.at;
        rows(rows - 1, rows);
      }
    }
    starts[rows] = text.byteSize();
    starts = Arrays.copyOf(starts, rows + 1);
    lines = Arrays.copyOf(lines, rows);
  }

  private void add(Scan scan) {
    if (!scan.isFound) {
      return;
    }
    if (rows + 1 == starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
      lines = Arrays.copyOf(lines, starts.length);
    }
    starts[rows] = scan.start;
    lines[rows++] = scan.startLine;
  }

  /** The names of the columns, in the order of the file. */
  public List<String> columns() {
    return form.names();
  }

  /** How many rows there are. */
  public int size() {
    return rows;
  }

  /**
   * Reads rows {@code from} to {@code to}, exclusive.
   *
   * @throws IOException if what stands there is no text in the file's character set
   * @throws IndexOutOfBoundsException if there are not that many
   */
  public Table rows(int from, int to) throws IOException {
    if (from < 0 || to > rows || from > to) {
      throw new IndexOutOfBoundsException(
          "%s: rows %d to %d of %d".formatted(path, from, to, rows));
    }
    return table(form, from, to);
  }

  private Table table(Csv read, int from, int to) throws IOException {
    long start = starts[from];
    MemorySegment part = text.asSlice(start, starts[to] - start);
    Charset charset = form.charset();
    try {
      ByteBuffer bytes = ByteBuffer.wrap(part.toArray(ValueLayout.JAVA_BYTE));
      String decoded = charset.newDecoder().decode(bytes).toString();
      int line = from < to ? lines[from] : 1;
      return new CsvReader(read, path, new StringReader(decoded), line, decoded.length()).read();
    } catch (CharacterCodingException foreign) {
      throw new IOException(path + ": line " + lines[from] + ": no text in " + charset, foreign);
    }
  }

  /**
   * A sample of each row, read anew whenever it is asked for.
   *
   * @param samples makes a set of one sample of a table of one row, as of any table: {@code rows ->
   *     rows.features("a", "b").targets("c")}; what it throws is thrown where a row is read
   * @throws IllegalArgumentException if there are no rows
   * @throws UncheckedIOException if the first row cannot be read
   */
  public DataSet dataSet(Function<Table, DataSet> samples) {
    if (rows == 0) {
      throw new IllegalArgumentException("csv: no rows: " + path);
    }
    DataSet first = sample(samples, 0);
    return new Streamed(this, samples, first.features(), first.labels());
  }

  private DataSet sample(Function<Table, DataSet> samples, int row) {
    try {
      DataSet made = samples.apply(rows(row, row + 1));
      if (made.size() != 1) {
        throw new IllegalArgumentException(
            "%s: line %d: %d samples were made of a row, one expected"
                .formatted(path, lines[row], made.size()));
      }
      return made;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed.getMessage(), failed);
    }
  }

  /** A row's sample, kept until another row is asked for: features and label are read apart. */
  private static final class Streamed implements DataSet {
    private final CsvFile file;
    private final Function<Table, DataSet> samples;
    private final Spec features;
    private final Spec labels;
    private volatile Last last;

    private record Last(long row, DataSet sample) {}

    Streamed(CsvFile file, Function<Table, DataSet> samples, Spec features, Spec labels) {
      this.file = file;
      this.samples = samples;
      this.features = features;
      this.labels = labels;
    }

    @Override
    public long size() {
      return file.rows;
    }

    @Override
    public Spec features() {
      return features;
    }

    @Override
    public Spec labels() {
      return labels;
    }

    @Override
    public void readFeatures(long sample, long row, Tensor into) {
      at(sample).readFeatures(0, row, into);
    }

    @Override
    public void readLabel(long sample, long row, Tensor into) {
      at(sample).readLabel(0, row, into);
    }

    private DataSet at(long row) {
      Last kept = last;
      if (kept == null || kept.row != row) {
        kept = new Last(row, file.sample(samples, Math.toIntExact(row)));
        if (!kept.sample.features().equals(features) || !kept.sample.labels().equals(labels)) {
          throw new IllegalArgumentException(
              "%s: line %d: a sample of %s and %s, of %s and %s expected"
                  .formatted(
                      file.path,
                      file.lines[(int) row],
                      kept.sample.features(),
                      kept.sample.labels(),
                      features,
                      labels));
        }
        last = kept;
      }
      return kept.sample;
    }
  }

  /** Goes through the bytes of a file, row by row, by the rules of {@link CsvReader}. */
  private static final class Scan {
    private final byte separator;
    private final MemorySegment text;
    private long at;
    private int line = 1;

    private boolean isFound;
    private long start;
    private int startLine;
    private int cells;
    private boolean isMalformed;

    Scan(char separator, MemorySegment text) {
      this.separator = (byte) separator;
      this.text = text;
      if (text.byteSize() >= 3
          && text.asSlice(0, 3).mismatch(MemorySegment.ofArray(BYTE_ORDER_MARK)) < 0) {
        at = 3;
      }
    }

    /** Goes behind the next row that is not empty; whether there is one. */
    boolean next() {
      while (at < text.byteSize() && isLineEnd(byteAt())) {
        endLine();
      }
      isFound = at < text.byteSize();
      start = at;
      startLine = line;
      cells = 0;
      isMalformed = false;
      while (isFound) {
        cell();
        cells++;
        if (at == text.byteSize()) {
          break;
        }
        if (byteAt() != separator) {
          endLine();
          break;
        }
        at++;
      }
      return isFound;
    }

    private void cell() {
      skipSpaces();
      if (at < text.byteSize() && byteAt() == '"') {
        quoted();
        skipSpaces();
        isMalformed |= at < text.byteSize() && byteAt() != separator && !isLineEnd(byteAt());
      }
      while (at < text.byteSize() && byteAt() != separator && !isLineEnd(byteAt())) {
        at++;
      }
    }

    private void quoted() {
      at++;
      while (at < text.byteSize()) {
        byte b = byteAt();
        if (isLineEnd(b)) {
          endLine();
          continue;
        }
        at++;
        if (b == '"') {
          if (at == text.byteSize() || byteAt() != '"') {
            return;
          }
          at++;
        }
      }
      isMalformed = true;
    }

    private void skipSpaces() {
      while (at < text.byteSize()
          && (byteAt() == ' ' || byteAt() == '\t')
          && byteAt() != separator) {
        at++;
      }
    }

    /** Goes behind LF, CR, or CR and LF. */
    private void endLine() {
      boolean isReturn = byteAt() == '\r';
      at++;
      if (isReturn && at < text.byteSize() && byteAt() == '\n') {
        at++;
      }
      line++;
    }

    private static boolean isLineEnd(byte b) {
      return b == '\n' || b == '\r';
    }

    private byte byteAt() {
      return text.get(ValueLayout.JAVA_BYTE, at);
    }
  }
}
