package dev.lanewise.nn.io;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, open for reading: named tensors without code.
 *
 * <p>Opening reads and checks the header alone; {@link #read} then copies one tensor at a time out
 * of the file. Elements of F16 and BF16 become f32. The layout: the header's length as a
 * little-endian u64, the header as JSON, then the tensors' bytes, row-major and little-endian,
 * without gaps (github.com/huggingface/safetensors). A file with duplicate names, gaps, overlaps,
 * unknown fields or types, or a length other than its header says is refused.
 */
public final class Safetensors implements AutoCloseable {
  private static final long MOST_HEADER_BYTES = 100_000_000;
  private static final long CHUNK = 1 << 30;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final Path path;
  private final FileChannel file;
  private final SafetensorsHeader header;
  private final long dataAt;

  private Safetensors(Path path, FileChannel file, SafetensorsHeader header, long dataAt) {
    this.path = path;
    this.file = file;
    this.header = header;
    this.dataAt = dataAt;
  }

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be read or is not a well-formed safetensors file
   */
  public static Safetensors open(Path path) throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return open(path, file);
    } catch (Throwable thrown) {
      file.close();
      throw thrown;
    }
  }

  private static Safetensors open(Path path, FileChannel file) throws IOException {
    long size = file.size();
    if (size < 8) {
      throw new IOException(
          path + ": no safetensors file: 8 bytes of header length expected, the file has " + size);
    }
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    readFully(path, file, length, 0);
    long headerBytes = length.flip().getLong();
    if (headerBytes < 2 || headerBytes > Math.min(MOST_HEADER_BYTES, size - 8)) {
      throw new IOException(
          "%s: no safetensors file: a header of %s bytes, the file has %d"
              .formatted(path, Long.toUnsignedString(headerBytes), size));
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) headerBytes);
    readFully(path, file, bytes, 8);
    long dataAt = 8 + headerBytes;
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
      return new Safetensors(path, file, SafetensorsHeader.parse(text, size - dataAt), dataAt);
    } catch (CharacterCodingException notText) {
      throw new IOException(path + ": no safetensors file: the header is not UTF-8", notText);
    } catch (Json.Malformed malformed) {
      throw new IOException(
          path + ": malformed safetensors header: " + malformed.getMessage(), malformed);
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** The tensors' names, in the order of the header. */
  public Set<String> names() {
    return header.entries().keySet();
  }

  /** The free text that the file carries, by key. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** Type and shape that {@link #read} gives a tensor, or null where there is none of this name. */
  public Spec spec(String name) {
    SafetensorsHeader.Entry entry = header.entries().get(name);
    return entry == null ? null : Spec.of(entry.type().dtype(), entry.shape());
  }

  /**
   * Copies a tensor into a scope.
   *
   * @throws IOException if there is none of this name, or reading fails
   */
  public Tensor read(String name, Scope scope) throws IOException {
    SafetensorsHeader.Entry entry = header.entries().get(name);
    if (entry == null) {
      throw new IOException(path + ": no entry '" + name + "'; the file has " + names());
    }
    Tensor tensor = scope.empty(entry.type().dtype(), entry.shape());
    read(entry, tensor);
    return tensor;
  }

  /** Copies all tensors into a scope. */
  public Map<String, Tensor> readAll(Scope scope) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : names()) {
      tensors.put(name, read(name, scope));
    }
    return tensors;
  }

  private void read(SafetensorsHeader.Entry entry, Tensor tensor) throws IOException {
    if (entry.type().isNarrow()) {
      readWidened(entry, tensor);
      return;
    }
    for (long at = entry.from(); at < entry.to(); at += CHUNK) {
      long done = at - entry.from();
      readFully(path, file, bytes(tensor, done, entry.to() - at), dataAt + at);
    }
  }

  private void readWidened(SafetensorsHeader.Entry entry, Tensor tensor) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    MemorySegment target = tensor.memory();
    long out = tensor.at();
    for (long at = entry.from(); at < entry.to(); at += chunk.limit()) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), entry.to() - at));
      readFully(path, file, chunk, dataAt + at);
      for (chunk.flip(); chunk.hasRemaining(); out += Float.BYTES) {
        target.set(FLOAT, out, entry.type().widened(chunk.getShort()));
      }
    }
  }

  /** A view of a row-major tensor's memory from a byte on, of at most one chunk. */
  private static ByteBuffer bytes(Tensor tensor, long from, long count) {
    return tensor.memory().asSlice(tensor.at() + from, Math.min(count, CHUNK)).asByteBuffer();
  }

  private static void readFully(Path path, FileChannel file, ByteBuffer target, long at)
      throws IOException {
    long from = at;
    while (target.hasRemaining()) {
      int count = file.read(target, from);
      if (count < 0) {
        throw new IOException(path + ": ends at byte " + from + " while it is being read");
      }
      from += count;
    }
  }

  /** Closes the file; tensors that were read stay. */
  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Reads a whole file into a scope. */
  public static Map<String, Tensor> read(Path path, Scope scope) throws IOException {
    try (Safetensors file = open(path)) {
      return file.readAll(scope);
    }
  }

  /** As {@link #write(Path, Map, Map)}, without metadata. */
  public static void write(Path path, Map<String, Tensor> tensors) throws IOException {
    write(path, tensors, Map.of());
  }

  /**
   * Writes tensors of any layout to a file, which is replaced as a whole or, on any failure, left
   * as it was. Wide types come first and names in order, so that every tensor is aligned and equal
   * tensors give equal files.
   *
   * @throws IOException if writing fails
   * @throws IllegalArgumentException if a tensor's type has no name in the format
   */
  public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    List<Map.Entry<String, Tensor>> sorted = new ArrayList<>(tensors.entrySet());
    sorted.sort(
        Comparator.<Map.Entry<String, Tensor>>comparingInt(
                entry -> -entry.getValue().dtype().bits())
            .thenComparing(Map.Entry::getKey));
    Map<String, SafetensorsHeader.Entry> entries = new LinkedHashMap<>();
    long end = 0;
    for (Map.Entry<String, Tensor> entry : sorted) {
      Shape shape = entry.getValue().shape();
      StoredType type = type(entry.getKey(), entry.getValue().dtype());
      long bytes = Math.multiplyExact(shape.size(), (long) type.bytes);
      entries.put(entry.getKey(), new SafetensorsHeader.Entry(type, shape, end, end + bytes));
      end += bytes;
    }
    String text = new SafetensorsHeader(entries, metadata).text();
    AtomicFile.write(
        path,
        file -> {
          writeFully(file, header(text));
          for (Map.Entry<String, Tensor> entry : sorted) {
            write(file, entry.getValue());
          }
        });
  }

  private static StoredType type(String name, DType dtype) {
    if (name.equals(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException("safetensors: the name '" + name + "' is reserved");
    }
    StoredType type = StoredType.of(dtype);
    if (type == null) {
      throw new IllegalArgumentException(
          "safetensors: no type for '%s' of %s: one of %s"
              .formatted(name, dtype, StoredType.names()));
    }
    return type;
  }

  /** Length and text, padded with spaces so that the data begin at a multiple of eight. */
  private static ByteBuffer header(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int padded = (bytes.length + 7) & -8;
    ByteBuffer header = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded).put(bytes);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private static void write(FileChannel file, Tensor tensor) throws IOException {
    if (tensor.layout().isContiguous()) {
      writeRowMajor(file, tensor);
    } else {
      try (Scope scratch = tensor.scope().child("safetensors")) {
        writeRowMajor(file, tensor.copyTo(scratch));
      }
    }
  }

  private static void writeRowMajor(FileChannel file, Tensor tensor) throws IOException {
    long size = tensor.size() * tensor.dtype().bytes();
    for (long at = 0; at < size; at += CHUNK) {
      writeFully(file, bytes(tensor, at, size - at));
    }
  }

  private static void writeFully(FileChannel file, ByteBuffer source) throws IOException {
    while (source.hasRemaining()) {
      file.write(source);
    }
  }
}
