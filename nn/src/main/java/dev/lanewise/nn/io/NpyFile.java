package dev.lanewise.nn.io;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One array in a file of NumPy's own format (numpy.lib.format, versions 1.0 to 3.0).
 *
 * <p>Reads floats of 64, 32 and 16 bits, signed integers of 64, 32, 16 and 8, unsigned bytes and
 * booleans, of either byte order, in C order or in Fortran order; tensors are row-major whatever
 * the file is. Floats of 16 bits become f32. Records, objects, texts and complex numbers are
 * refused, as is a file that is shorter or longer than its header says.
 */
public final class NpyFile {
  private static final int CHUNK = 1 << 16;

  private NpyFile() {}

  /**
   * Type and shape of the tensor that {@link #read} gives.
   *
   * @throws IOException if the file cannot be read or does not begin as an npy file
   */
  public static Spec spec(Path path) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      return spec(NpyHeader.read(path.toString(), in));
    }
  }

  static Spec spec(NpyHeader header) {
    return Spec.of(header.type().dtype(), header.shape());
  }

  /**
   * Copies the array of a file into a scope.
   *
   * @throws IOException if it cannot be read or is not a well-formed npy file of these types
   */
  public static Tensor read(Path path, Scope scope) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), CHUNK)) {
      NpyHeader header = NpyHeader.read(path.toString(), in);
      requireBytes(path.toString(), header, Files.size(path));
      return data(path.toString(), header, in, scope);
    }
  }

  /**
   * The rows of a file's array along its first axis, read when they are asked for.
   *
   * @param arena how long
   * @throws IOException as {@link #read} does, and if there is no first axis or rows do not lie
   *     together, as those of several axes in Fortran order do not
   */
  public static MappedRows map(Path path, Arena arena) throws IOException {
    NpyHeader header;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      header = NpyHeader.read(path.toString(), in);
    }
    Shape shape = header.shape();
    if (shape.rank() == 0 || (header.isColumnMajor() && shape.rank() > 1)) {
      throw new IOException(
          "%s: %s%s: rows that lie together expected: read the whole file"
              .formatted(path, spec(header), header.isColumnMajor() ? " in Fortran order" : ""));
    }
    Spec row = Spec.of(header.type().dtype(), shape.without(0));
    long bytes = row.shape().size() * header.type().bytes;
    MappedRows.Copy copy = (stored, to, at) -> copy(header, stored, to, at);
    return MappedRows.of(path, arena, header.bytes(), row, shape.extent(0), bytes, copy);
  }

  /** Checks a file's length, before anything is allocated for what its header says. */
  static void requireBytes(String source, NpyHeader header, long length) throws IOException {
    if (length - header.bytes() != header.dataBytes()) {
      throw new IOException(
          "%s: %s: %d bytes of %s expected, %d found"
              .formatted(
                  source,
                  length - header.bytes() < header.dataBytes()
                      ? "truncated"
                      : "longer than its header says",
                  header.dataBytes(),
                  spec(header),
                  length - header.bytes()));
    }
  }

  /** Reads the elements that follow a header. */
  static Tensor data(String source, NpyHeader header, InputStream in, Scope scope)
      throws IOException {
    DType dtype = header.type().dtype();
    Shape shape = header.shape();
    if (!header.isColumnMajor() || shape.rank() < 2) {
      Tensor tensor = scope.empty(dtype, shape);
      fill(source, header, in, tensor);
      return tensor;
    }
    try (Scope scratch = scope.child("npy")) {
      Tensor reversed = scratch.empty(dtype, reversed(shape));
      fill(source, header, in, reversed);
      return reversed.permute(reversedAxes(shape.rank())).copyTo(scope);
    }
  }

  private static Shape reversed(Shape shape) {
    long[] extents = new long[shape.rank()];
    for (int axis = 0; axis < extents.length; axis++) {
      extents[axis] = shape.extent(extents.length - 1 - axis);
    }
    return Shape.of(extents);
  }

  private static int[] reversedAxes(int rank) {
    int[] axes = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      axes[axis] = rank - 1 - axis;
    }
    return axes;
  }

  private static void fill(String source, NpyHeader header, InputStream in, Tensor tensor)
      throws IOException {
    MemorySegment target = tensor.memory();
    long at = tensor.at();
    byte[] chunk = new byte[CHUNK];
    for (long left = header.dataBytes(); left > 0; ) {
      int count = in.readNBytes(chunk, 0, (int) Math.min(left, CHUNK));
      if (count < Math.min(left, CHUNK)) {
        throw new IOException(
            "%s: truncated: %d bytes of %s expected, %d found"
                .formatted(
                    source, header.dataBytes(), spec(header), header.dataBytes() - left + count));
      }
      at = copy(header, MemorySegment.ofArray(chunk).asSlice(0, count), target, at);
      left -= count;
    }
  }

  /** Copies whole elements, converted to what tensors hold; the offset behind them. */
  private static long copy(NpyHeader header, MemorySegment from, MemorySegment target, long at) {
    long count = from.byteSize() / header.type().bytes;
    ByteOrder order = header.byteOrder();
    if (header.type() == StoredType.F16) {
      ValueLayout.OfShort stored = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
      for (long i = 0; i < count; i++) {
        float value = Float.float16ToFloat(from.get(stored, 2 * i));
        target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4 * i, value);
      }
      return at + 4 * count;
    }
    if (header.type() == StoredType.BOOL) {
      for (long i = 0; i < count; i++) {
        // NumPy takes every byte but zero for true; tensors hold 0 and 1.
        byte value = (byte) (from.get(ValueLayout.JAVA_BYTE, i) == 0 ? 0 : 1);
        target.set(ValueLayout.JAVA_BYTE, at + i, value);
      }
      return at + count;
    }
    ValueLayout stored = unaligned(header.type().bytes);
    MemorySegment.copy(from, stored.withOrder(order), 0, target, stored, at, count);
    return at + from.byteSize();
  }

  private static ValueLayout unaligned(int bytes) {
    return switch (bytes) {
      case 8 -> ValueLayout.JAVA_LONG_UNALIGNED;
      case 4 -> ValueLayout.JAVA_INT_UNALIGNED;
      case 2 -> ValueLayout.JAVA_SHORT_UNALIGNED;
      default -> ValueLayout.JAVA_BYTE;
    };
  }

  /**
   * Writes a tensor of any layout to a file, which is replaced as a whole or, on any failure, left
   * as it was. A column-major tensor is written in Fortran order, all others in C order, as NumPy
   * does.
   *
   * @throws IOException if writing fails
   * @throws IllegalArgumentException if the tensor's type has no name in the format
   */
  public static void write(Path path, Tensor tensor) throws IOException {
    StoredType type = type("npy", tensor);
    AtomicFile.write(
        path,
        file -> {
          // The file is the writer's to close.
          OutputStream out = Channels.newOutputStream(file);
          write(out, type, tensor);
          out.flush();
        });
  }

  static StoredType type(String user, Tensor tensor) {
    StoredType type = StoredType.of(tensor.dtype());
    if (type == null) {
      throw new IllegalArgumentException(
          user
              + ": no type for "
              + tensor.spec()
              + ": one of f64, f32, i64, i32, i16, i8, u8, bool");
    }
    return type;
  }

  /** Writes header and elements. */
  static void write(OutputStream out, StoredType type, Tensor tensor) throws IOException {
    if (tensor.layout().isContiguous()) {
      out.write(NpyHeader.write(type, false, tensor.shape()));
      elements(out, tensor);
      return;
    }
    Tensor transposed = tensor.untracked().permute(reversedAxes(tensor.rank()));
    if (transposed.layout().isContiguous()) {
      out.write(NpyHeader.write(type, true, tensor.shape()));
      elements(out, transposed);
      return;
    }
    out.write(NpyHeader.write(type, false, tensor.shape()));
    try (Scope scratch = tensor.scope().child("npy")) {
      elements(out, tensor.copyTo(scratch));
    }
  }

  private static void elements(OutputStream out, Tensor tensor) throws IOException {
    ValueLayout host = unaligned(tensor.dtype().bytes());
    ValueLayout stored = host.withOrder(ByteOrder.LITTLE_ENDIAN);
    byte[] chunk = new byte[CHUNK];
    MemorySegment heap = MemorySegment.ofArray(chunk);
    long each = tensor.dtype().bytes();
    for (long done = 0; done < tensor.size() * each; ) {
      int count = (int) Math.min(CHUNK, tensor.size() * each - done);
      MemorySegment.copy(tensor.memory(), host, tensor.at() + done, heap, stored, 0, count / each);
      out.write(chunk, 0, count);
      done += count;
    }
  }
}
