package dev.lanewise.nn.io;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * An npz file, open for reading: a zip archive of named arrays, each as an npy file, as {@code
 * numpy.savez} and {@code numpy.savez_compressed} write it.
 *
 * <p>Opening reads and checks all headers; {@link #read} then unpacks one array at a time and
 * checks its checksum. An array takes at most the 1032 bytes that deflate can make of one byte of
 * the file. Entries that are no npy files are refused.
 */
public final class NpzFile implements AutoCloseable {
  private static final String SUFFIX = ".npy";

  /** The most that deflate makes of a byte. */
  private static final long MOST_INFLATION = 1032;

  /** The least time that zip can say: equal tensors give equal files. */
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

  /** One array. */
  private record Entry(ZipEntry zipped, NpyHeader header) {}

  private final Path path;
  private final ZipFile zip;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private NpzFile(Path path, ZipFile zip) {
    this.path = path;
    this.zip = zip;
  }

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be read or is not a well-formed npz file
   */
  public static NpzFile open(Path path) throws IOException {
    ZipFile zip;
    try {
      zip = new ZipFile(path.toFile());
    } catch (IOException | IllegalArgumentException foreign) {
      throw new IOException(path + ": no npz file: " + foreign.getMessage(), foreign);
    }
    NpzFile file = new NpzFile(path, zip);
    try {
      file.readHeaders();
      return file;
    } catch (Throwable thrown) {
      zip.close();
      throw thrown;
    }
  }

  private void readHeaders() throws IOException {
    for (var all = zip.entries(); all.hasMoreElements(); ) {
      ZipEntry zipped = all.nextElement();
      String name = zipped.getName();
      if (!name.endsWith(SUFFIX)) {
        throw new IOException(path + ": entry '" + name + "' is no npy file");
      }
      name = name.substring(0, name.length() - SUFFIX.length());
      NpyHeader header;
      try (InputStream in = unpacked(zipped)) {
        header = NpyHeader.read(source(name), in);
      } catch (IOException | IllegalArgumentException damaged) {
        throw damaged(name, damaged);
      }
      requireHonest(name, zipped);
      NpyFile.requireBytes(source(name), header, zipped.getSize());
      if (entries.put(name, new Entry(zipped, header)) != null) {
        throw new IOException(path + ": two entries '" + name + "'");
      }
    }
  }

  private String source(String name) {
    return path + ": entry '" + name + "'";
  }

  private InputStream unpacked(ZipEntry zipped) throws IOException {
    InputStream in = zip.getInputStream(zipped);
    if (in == null) {
      throw new IOException("it is not in the archive");
    }
    return in;
  }

  /** An exception that names the entry, as those of ours do and those of the archive do not. */
  private IOException damaged(String name, Exception thrown) {
    String message = String.valueOf(thrown.getMessage());
    return thrown instanceof IOException ours && message.startsWith(source(name))
        ? ours
        : new IOException(source(name) + ": damaged archive: " + message, thrown);
  }

  private void requireHonest(String name, ZipEntry zipped) throws IOException {
    long packed = zipped.getCompressedSize();
    if (packed < 0
        || packed > path.toFile().length()
        || zipped.getSize() > packed * MOST_INFLATION) {
      throw new IOException(
          "%s: damaged archive: %d bytes are said to unpack to %d"
              .formatted(source(name), packed, zipped.getSize()));
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** The arrays' names, without {@code .npy}, in the order of the file. */
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /** Type and shape that {@link #read} gives an array, or null where there is none of this name. */
  public Spec spec(String name) {
    Entry entry = entries.get(name);
    return entry == null ? null : NpyFile.spec(entry.header);
  }

  /**
   * Copies an array into a scope.
   *
   * @throws IOException if there is none of this name, it is damaged, or reading fails
   */
  public Tensor read(String name, Scope scope) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IOException(path + ": no entry '" + name + "'; the file has " + names());
    }
    CRC32 checksum = new CRC32();
    try (InputStream in = new CheckedInputStream(unpacked(entry.zipped), checksum)) {
      NpyHeader header = NpyHeader.read(source(name), in);
      NpyFile.requireBytes(source(name), header, entry.zipped.getSize());
      Tensor tensor = NpyFile.data(source(name), header, in, scope);
      if (in.read() >= 0 || checksum.getValue() != entry.zipped.getCrc()) {
        throw new IOException(source(name) + ": damaged archive: the checksum does not match");
      }
      return tensor;
    } catch (IOException | IllegalArgumentException damaged) {
      throw damaged(name, damaged);
    }
  }

  /** Copies all arrays into a scope. */
  public Map<String, Tensor> readAll(Scope scope) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : names()) {
      tensors.put(name, read(name, scope));
    }
    return tensors;
  }

  /** Closes the file; tensors that were read stay. */
  @Override
  public void close() throws IOException {
    zip.close();
  }

  /** Reads a whole file into a scope. */
  public static Map<String, Tensor> read(Path path, Scope scope) throws IOException {
    try (NpzFile file = open(path)) {
      return file.readAll(scope);
    }
  }

  /**
   * Writes tensors of any layout to a file, uncompressed, which is replaced as a whole or, on any
   * failure, left as it was. Names come in order, so that equal tensors give equal files.
   *
   * @throws IOException if writing fails
   * @throws IllegalArgumentException if a tensor's type has no name in the format
   */
  public static void write(Path path, Map<String, Tensor> tensors) throws IOException {
    write(path, tensors, ZipOutputStream.STORED);
  }

  /** As {@link #write}, each array compressed with deflate. */
  public static void writeCompressed(Path path, Map<String, Tensor> tensors) throws IOException {
    write(path, tensors, ZipOutputStream.DEFLATED);
  }

  private static void write(Path path, Map<String, Tensor> tensors, int method) throws IOException {
    Map<String, Tensor> sorted = new TreeMap<>(tensors);
    for (Map.Entry<String, Tensor> entry : sorted.entrySet()) {
      NpyFile.type("npz: '" + entry.getKey() + "'", entry.getValue());
    }
    AtomicFile.write(
        path,
        file -> {
          // The file is the writer's to close.
          ZipOutputStream zip =
              new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(file)));
          for (Map.Entry<String, Tensor> entry : sorted.entrySet()) {
            append(zip, entry.getKey(), entry.getValue(), method);
          }
          zip.finish();
          zip.flush();
        });
  }

  private static void append(ZipOutputStream zip, String name, Tensor tensor, int method)
      throws IOException {
    StoredType type = StoredType.of(tensor.dtype());
    ZipEntry entry = new ZipEntry(name + SUFFIX);
    entry.setTimeLocal(EPOCH);
    entry.setMethod(method);
    if (method == ZipOutputStream.STORED) {
      Measure measure = new Measure();
      NpyFile.write(measure, type, tensor);
      entry.setSize(measure.size);
      entry.setCompressedSize(measure.size);
      entry.setCrc(measure.checksum.getValue());
    }
    zip.putNextEntry(entry);
    NpyFile.write(zip, type, tensor);
    zip.closeEntry();
  }

  /** Size and checksum of what is written; a stored entry has them before its content. */
  private static final class Measure extends OutputStream {
    private final CRC32 checksum = new CRC32();
    private long size;

    @Override
    public void write(int b) {
      checksum.update(b);
      size++;
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      checksum.update(bytes, from, count);
      size += count;
    }
  }
}
