package dev.lanewise.nn.data;

import dev.lanewise.nn.io.MappedRows;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * An array of unsigned bytes as IDX files hold it, the format of MNIST and its relatives
 * (yann.lecun.com/exdb/mnist): two zero bytes, the element type, the number of axes, each extent as
 * a big-endian 32-bit integer, then the elements, row-major.
 */
public final class Idx {
  private static final int UNSIGNED_BYTE = 0x08;
  private static final int MOST_VALUES = Integer.MAX_VALUE - 8;
  private static final int GZIP_MAGIC = 0x1f8b;

  private final Shape shape;
  private final byte[] values;

  private Idx(Shape shape, byte[] values) {
    this.shape = shape;
    this.values = values;
  }

  /** The extents. */
  public Shape shape() {
    return shape;
  }

  /** The elements, row-major; the array itself. */
  public byte[] values() {
    return values;
  }

  /**
   * Reads a file, plain or compressed with gzip, whichever it is.
   *
   * <p>Memory grows with the data that are there, not with what the header claims.
   *
   * @throws IOException if it cannot be read, is another kind of file, or holds fewer or more bytes
   *     than its header says
   */
  public static Idx read(Path path) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      file.mark(2);
      int magic = file.read() << 8 | file.read();
      file.reset();
      if (magic != GZIP_MAGIC) {
        return read(path, file);
      }
      try (InputStream unpacked = new GZIPInputStream(file, 1 << 16)) {
        return read(path, unpacked);
      } catch (EOFException ended) {
        throw new IOException(path + ": truncated: the gzip stream ends early", ended);
      } catch (ZipException damaged) {
        throw new IOException(path + ": damaged gzip stream: " + damaged.getMessage(), damaged);
      }
    }
  }

  /**
   * The rows of a plain file along its first axis, u8, read when they are asked for.
   *
   * @param arena how long
   * @throws IOException as {@link #read} does, and if the file is compressed
   */
  public static MappedRows map(Path path, Arena arena) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(path))) {
      file.mark(2);
      if ((file.read() << 8 | file.read()) == GZIP_MAGIC) {
        throw new IOException(
            path
                + ": compressed with gzip: rows are found in plain files only: unpack it or read"
                + " it");
      }
      file.reset();
      Shape shape = header(path, file);
      Spec row = Spec.of(DType.U8, shape.without(0));
      return MappedRows.of(path, arena, 4 + 4L * shape.rank(), row, shape.extent(0));
    }
  }

  private static Idx read(Path path, InputStream in) throws IOException {
    Shape shape = header(path, in);
    if (shape.size() > MOST_VALUES) {
      throw new IOException(
          "%s: too large: %d bytes of %s, at most %d can be held"
              .formatted(path, shape.size(), shape, MOST_VALUES));
    }
    byte[] values = in.readNBytes((int) shape.size());
    if (values.length < shape.size()) {
      throw new IOException(
          "%s: truncated: %d bytes of %s expected, %d found"
              .formatted(path, shape.size(), shape, values.length));
    }
    if (in.read() >= 0) {
      throw new IOException(
          "%s: longer than its header says: %d bytes of %s expected"
              .formatted(path, shape.size(), shape));
    }
    return new Idx(shape, values);
  }

  private static Shape header(Path path, InputStream in) throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4 || magic[0] != 0 || magic[1] != 0 || magic[3] < 1) {
      throw new IOException(
          path + ": no IDX file: it begins with " + hexadecimal(magic) + ", 0x0000 expected");
    }
    if (magic[2] != UNSIGNED_BYTE) {
      throw new IOException(
          path
              + ": element type 0x%02x is not supported: 0x08, unsigned bytes, expected"
                  .formatted(magic[2]));
    }
    byte[] header = in.readNBytes(4 * magic[3]);
    if (header.length < 4 * magic[3]) {
      throw new IOException(
          "%s: truncated: %d bytes of extents expected, %d found"
              .formatted(path, 4 * magic[3], header.length));
    }
    return shape(path, ByteBuffer.wrap(header), magic[3]);
  }

  private static Shape shape(Path path, ByteBuffer header, int rank) throws IOException {
    long[] extents = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      extents[axis] = Integer.toUnsignedLong(header.getInt());
    }
    try {
      return Shape.of(extents);
    } catch (IllegalArgumentException overflow) {
      throw new IOException(path + ": too large: " + overflow.getMessage(), overflow);
    }
  }

  private static String hexadecimal(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length == 0 ? "nothing" : "0x");
    for (byte b : bytes) {
      text.append("%02x".formatted(b));
    }
    return text.toString();
  }
}
