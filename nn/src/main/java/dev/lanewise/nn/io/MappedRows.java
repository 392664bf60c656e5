package dev.lanewise.nn.io;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The rows of an array in a file that is mapped into memory: pieces of one type and shape, one
 * after the other. A row is read when it is copied, so the file may be larger than memory.
 *
 * <p>The mapping lives as long as the arena it was made in; copying fails with {@link
 * IllegalStateException} after that. Threads may share the rows if they may share the arena. The
 * file must not become shorter meanwhile: the JVM ends a read of what is gone with an {@link
 * InternalError}.
 */
public final class MappedRows {
  private final Path path;
  private final Spec row;
  private final long count;
  private final MemorySegment data;
  private final Copy copy;

  /** Takes the stored bytes of one row to a place in memory, as elements of the row's type. */
  @FunctionalInterface
  interface Copy {
    void run(MemorySegment stored, MemorySegment to, long at);
  }

  private MappedRows(Path path, Spec row, long count, MemorySegment data, Copy copy) {
    this.path = path;
    this.row = row;
    this.count = count;
    this.data = data;
    this.copy = copy;
  }

  /**
   * The rows that follow a header of {@code from} bytes, elements in the byte order of this
   * machine.
   *
   * @param row type and shape of a row
   * @throws IOException if the file cannot be read, or is shorter or longer than that
   */
  public static MappedRows of(Path path, Arena arena, long from, Spec row, long count)
      throws IOException {
    long bytes = row.shape().size() * row.dtype().bytes();
    return of(path, arena, from, row, count, bytes, MappedRows::plain);
  }

  /**
   * The same for rows that are stored in another way.
   *
   * @param bytes that a row takes in the file
   */
  static MappedRows of(
      Path path, Arena arena, long from, Spec row, long count, long bytes, Copy copy)
      throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      long found = file.size() - from;
      if (found != count * bytes) {
        throw new IOException(
            "%s: %s: %d bytes of %d times %s expected, %d found"
                .formatted(
                    path,
                    found < count * bytes ? "truncated" : "longer than its header says",
                    count * bytes,
                    count,
                    row,
                    found));
      }
      MemorySegment data = file.map(FileChannel.MapMode.READ_ONLY, from, found, arena);
      return new MappedRows(path, row, count, data, copy);
    }
  }

  private static void plain(MemorySegment stored, MemorySegment to, long at) {
    MemorySegment.copy(stored, 0, to, at, stored.byteSize());
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** Type and shape of a row. */
  public Spec row() {
    return row;
  }

  /** How many rows there are. */
  public long count() {
    return count;
  }

  /**
   * Copies a row into one row of a tensor.
   *
   * @param target row-major, of the rows' type, its first axis that of the rows
   * @throws IndexOutOfBoundsException if there is no such row in the file
   */
  public void copy(long index, long to, Tensor target) {
    copy(index, target.memory(), target.at() + to * row.shape().size() * row.dtype().bytes());
  }

  private void copy(long index, MemorySegment to, long at) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("%s: row %d of %d".formatted(path, index, count));
    }
    long bytes = data.byteSize() / count;
    copy.run(data.asSlice(index * bytes, bytes), to, at);
  }

  /** The rows as f32, each value divided: bytes by 255 are between 0 and 1. */
  public MappedRows floats(float divisor) {
    int width = row.dtype().bytes();
    long size = row.shape().size();
    return as(
        Spec.of(DType.F32, row.shape()),
        (stored, to, at) -> {
          MemorySegment values = MemorySegment.ofArray(new byte[Math.toIntExact(size * width)]);
          copy.run(stored, values, 0);
          for (long i = 0; i < size; i++) {
            float value = (float) (number(values, i) / divisor);
            to.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + i * Float.BYTES, value);
          }
        });
  }

  /**
   * Rows of one whole number as classes, an i32 {@code []} each.
   *
   * @throws IllegalArgumentException if they are no such rows
   */
  public MappedRows classes() {
    if (row.shape().size() != 1 || row.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "%s: rows of %s are no classes: one whole number each expected".formatted(path, row));
    }
    int width = row.dtype().bytes();
    return as(
        Spec.of(DType.I32, Shape.scalar()),
        (stored, to, at) -> {
          MemorySegment value = MemorySegment.ofArray(new byte[width]);
          copy.run(stored, value, 0);
          double number = number(value, 0);
          if ((int) number != number) {
            throw new IllegalArgumentException("%s: %s is no class".formatted(path, number));
          }
          to.set(ValueLayout.JAVA_INT_UNALIGNED, at, (int) number);
        });
  }

  private MappedRows as(Spec other, Copy conversion) {
    return new MappedRows(path, other, count, data, conversion);
  }

  private double number(MemorySegment values, long i) {
    return switch (row.dtype().name()) {
      case "f32" -> values.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i * Float.BYTES);
      case "f64" -> values.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, i * Double.BYTES);
      case "i64" -> values.get(ValueLayout.JAVA_LONG_UNALIGNED, i * Long.BYTES);
      case "i32" -> values.get(ValueLayout.JAVA_INT_UNALIGNED, i * Integer.BYTES);
      case "i16" -> values.get(ValueLayout.JAVA_SHORT_UNALIGNED, i * Short.BYTES);
      case "i8" -> values.get(ValueLayout.JAVA_BYTE, i);
      default -> values.get(ValueLayout.JAVA_BYTE, i) & 0xff;
    };
  }
}
