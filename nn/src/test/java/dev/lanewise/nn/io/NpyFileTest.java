package dev.lanewise.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.TestData;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFileTest {
  @TempDir Path directory;

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  /** A file of this header and these bytes. */
  static byte[] npy(int version, String header, byte... data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(12 + text.length + data.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    if (version == 1) {
      bytes.putShort((short) text.length);
    } else {
      bytes.putInt(text.length);
    }
    bytes.put(text).put(data);
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(directory.resolve("some.npy"), content);
  }

  private Tensor read(int version, String header, int... data) throws IOException {
    byte[] bytes = new byte[data.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) data[i];
    }
    return NpyFile.read(file(npy(version, header, bytes)), scope);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyVersionIsRead(int version) throws IOException {
    Tensor read =
        read(
            version,
            "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }  \n",
            1,
            2,
            3,
            4,
            5,
            255);
    assertEquals(Spec.of(DType.U8, Shape.of(2, 3)), read.spec());
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5, -1}, read.toBytes());
    assertEquals(read.spec(), NpyFile.spec(directory.resolve("some.npy")));
  }

  @Test
  void dictionariesOfOtherWritersAreRead() throws IOException {
    Tensor read = read(1, "{\"shape\":(2L,),\"fortran_order\":True,\"descr\":\"<i2\"}", 1, 0, 2, 1);
    assertEquals("i16 [2]", read.spec().toString());
    assertEquals(258, read.longValue(1));
    assertEquals(7, read(1, "{'shape':(),'descr':'<i1','fortran_order':False,}", 7).longValue());
  }

  @Test
  void bothByteOrdersAreRead() throws IOException {
    String header = "{'descr': '%s', 'fortran_order': False, 'shape': (1,), }";
    assertEquals(0x01020304, read(1, header.formatted(">i4"), 1, 2, 3, 4).longValue());
    assertEquals(0x04030201, read(1, header.formatted("<i4"), 1, 2, 3, 4).longValue());
    assertEquals(
        0x0102030405060708L, read(1, header.formatted(">i8"), 1, 2, 3, 4, 5, 6, 7, 8).longValue());
    assertEquals(1.5, read(1, header.formatted(">f4"), 0x3f, 0xc0, 0, 0).value());
    assertEquals(-2, read(1, header.formatted(">f2"), 0xc0, 0).value());
    assertEquals(-2, read(1, header.formatted("<f2"), 0, 0xc0).value());
  }

  @Test
  void fortranOrderBecomesRowMajor() throws IOException {
    Tensor read =
        read(1, "{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3), }", 1, 4, 2, 5, 3, 6);
    assertTrue(read.layout().isContiguous());
    assertEquals(Shape.of(2, 3), read.shape());
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6}, read.toBytes());
  }

  @Test
  void everyByteButZeroIsTrue() throws IOException {
    Tensor read = read(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", 0, 1, 7);
    assertArrayEquals(new byte[] {0, 1, 1}, read.toBytes());
  }

  @Test
  void filesAreWrittenAsNumPyWritesThem() throws IOException {
    Path file = directory.resolve("made.npy");
    NpyFile.write(file, scope.tensor(Shape.of(2, 2), 1, 2, 3, -4));
    byte[] bytes = Files.readAllBytes(file);
    assertEquals(
        "\u0093NUMPY\u0001\0v\0{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }"
            + " ".repeat(58)
            + "\n\1\0\0\0\2\0\0\0\3\0\0\0\u00fc\u00ff\u00ff\u00ff",
        new String(bytes, StandardCharsets.ISO_8859_1));
    NpyFile.write(file, scope.tensor(Shape.of(2, 2), 1, 2, 3, -4).transpose());
    assertTrue(Files.readString(file, StandardCharsets.ISO_8859_1).contains("_order': True"));
    assertArrayEquals(new int[] {1, 3, 2, -4}, NpyFile.read(file, scope).toInts());
    NpyFile.write(file, scope.tensor(Shape.of(1), 5f).expand(2, 3).slice(1, 0, 2));
    assertTrue(Files.readString(file, StandardCharsets.ISO_8859_1).contains("_order': False"));
    assertArrayEquals(new float[] {5, 5, 5, 5}, NpyFile.read(file, scope).toFloats());
    assertTrue(header(scope.tensor(Shape.of(3), 1, 2, 3)).contains("'shape': (3,), }"));
    assertTrue(header(scope.tensor(Shape.scalar(), 1)).contains("'shape': (), }"));
    assertTrue(header(scope.tensor(Shape.of(1), true)).contains("'descr': '|b1'"));
  }

  private String header(Tensor tensor) throws IOException {
    Path file = directory.resolve("header.npy");
    NpyFile.write(file, tensor);
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }; 4; truncated: 8 bytes of f32"
            + " [2] expected, 4 found",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }; 9; longer than its header"
            + " says: 8 bytes of f32 [2] expected, 9 found",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }; 4; type '<c8' is not"
            + " supported: one of f8, f4, f2, i8, i4, i2, i1, u1, b1, after < or > where of several"
            + " bytes",
        "{'descr': '|f4', 'fortran_order': False, 'shape': (2,), }; 4; type '|f4' is not"
            + " supported: one of f8, f4, f2, i8, i4, i2, i1, u1, b1, after < or > where of several"
            + " bytes",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }; 4; type '|O' is not"
            + " supported: one of f8, f4, f2, i8, i4, i2, i1, u1, b1, after < or > where of several"
            + " bytes",
        "{'descr': 'f', 'fortran_order': False, 'shape': (2,), }; 4; malformed npy header: 'f' is"
            + " no type",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }; 4; records of several"
            + " fields are not supported: one of f8, f4, f2, i8, i4, i2, i1, u1, b1",
        "{'descr': '<f4', 'shape': (2,), }; 8; malformed npy header: one of 'descr',"
            + " 'fortran_order' and 'shape' is missing",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }; 8; malformed npy header: True or"
            + " False expected at character 34, '0' found",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }; 8; malformed npy header: an"
            + " extent expected at character 51, '-' found",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3), }; 8; malformed npy header: ','"
            + " expected at character 53, '3' found",
        "{'descr': '<f4', 'more': 1}; 8; malformed npy header: unknown entry 'more'",
        "{'descr': '<f4; 8; malformed npy header: a string that begins at character 10 never ends",
        "{'descr': '<f4'; 8; malformed npy header: ',' expected at character 15, the end found",
        "{} x; 8; malformed npy header: the end expected at character 3, 'x' found",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,), }; 4; too large:"
            + " [4611686018427387904] of '<f4'",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }; 4; too"
            + " large: an extent of 99999999999999999999",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,4294967296), }; 4; too"
            + " large: shape: more than 2^63 elements: [4294967296, 4294967296]",
      })
  void malformedFilesAreRefused(String header, int dataBytes, String message) throws IOException {
    assertEquals(message, refused(npy(1, header, new byte[dataBytes])));
    assertEquals(message, refused(npy(3, header, new byte[dataBytes])));
  }

  @Test
  void foreignAndShortFilesAreRefused() throws IOException {
    assertEquals("no npy file: it does not begin with \\x93NUMPY", refused(new byte[0]));
    assertEquals(
        "no npy file: it does not begin with \\x93NUMPY",
        refused("PK\u0003\u0004 an archive".getBytes(StandardCharsets.UTF_8)));
    byte[] good = npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (), }", (byte) 1);
    assertEquals("truncated: it ends before the header's length", refused(Arrays.copyOf(good, 9)));
    assertEquals(
        "truncated: a header of 55 bytes expected, 10 found", refused(Arrays.copyOf(good, 20)));
    byte[] later = good.clone();
    later[6] = 4;
    assertEquals("npy version 4.0 is not supported: 1.0, 2.0 or 3.0 expected", refused(later));
    byte[] large = npy(2, "{}");
    large[10] = 1;
    large[11] = 0x7f;
    assertEquals(
        "no npy file: a header of 2130771970 bytes, at most 1048576 expected", refused(large));
  }

  private String refused(byte[] content) throws IOException {
    Path file = file(content);
    String message = assertThrows(IOException.class, () -> NpyFile.read(file, scope)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring(file.toString().length() + 2);
  }

  @Test
  void whatHasNoTypeInTheFormatIsNotWritten() {
    Path file = directory.resolve("never.npy");
    Tensor odd = scope.empty(new DType("u16", DType.Kind.UNSIGNED, 16), Shape.of(1));
    assertEquals(
        "npy: no type for u16 [1]: one of f64, f32, i64, i32, i16, i8, u8, bool",
        assertThrows(IllegalArgumentException.class, () -> NpyFile.write(file, odd)).getMessage());
    assertEquals(
        "npz: 'x': no type for u16 [1]: one of f64, f32, i64, i32, i16, i8, u8, bool",
        assertThrows(IllegalArgumentException.class, () -> NpzFile.write(file, Map.of("x", odd)))
            .getMessage());
    assertTrue(Files.notExists(file));
  }

  private Map<String, Tensor> some() {
    Map<String, Tensor> tensors = new HashMap<>();
    tensors.put("w", scope.normal(Shape.of(3, 4)));
    tensors.put("t", scope.normal(DType.F64, Shape.of(3, 4)).transpose());
    tensors.put("steps", scope.tensor(Shape.scalar(), 3L));
    tensors.put("dir/n\u00e4me", scope.tensor(Shape.of(2), true, false));
    return tensors;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anArchiveHoldsNamedArrays(boolean compressed) throws IOException {
    Path file = directory.resolve("some.npz");
    Map<String, Tensor> tensors = some();
    write(file, tensors, compressed);
    byte[] bytes = Files.readAllBytes(file);
    try (NpzFile read = NpzFile.open(file)) {
      assertEquals(file, read.path());
      assertEquals(List.of("dir/n\u00e4me", "steps", "t", "w"), List.copyOf(read.names()));
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        assertEquals(
            Shape.of(entry.getValue().shape().extents()), read.spec(entry.getKey()).shape());
        assertEquals(entry.getValue().toString(), read.read(entry.getKey(), scope).toString());
      }
      assertNull(read.spec("v"));
      assertEquals(
          file + ": no entry 'v'; the file has [dir/n\u00e4me, steps, t, w]",
          assertThrows(IOException.class, () -> read.read("v", scope)).getMessage());
    }
    write(file, new HashMap<>(tensors), compressed);
    assertArrayEquals(bytes, Files.readAllBytes(file));
    assertEquals(tensors.keySet(), NpzFile.read(file, scope).keySet());
  }

  private static void write(Path file, Map<String, Tensor> tensors, boolean compressed)
      throws IOException {
    if (compressed) {
      NpzFile.writeCompressed(file, tensors);
    } else {
      NpzFile.write(file, tensors);
    }
  }

  @Test
  void damagedArchivesAreRefused() throws IOException {
    Path file = directory.resolve("bad.npz");
    Files.writeString(file, "no archive");
    IOException foreign = assertThrows(IOException.class, () -> NpzFile.open(file));
    assertTrue(foreign.getMessage().startsWith(file + ": no npz file: "), foreign.getMessage());
    byte[] good =
        npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", (byte) 1, (byte) 2);
    archive(file, "x.txt", good);
    assertEquals(file + ": entry 'x.txt' is no npy file", refusedArchive(file));
    archive(file, "x.npy", Arrays.copyOf(good, good.length - 1));
    assertEquals(
        file + ": entry 'x': truncated: 2 bytes of u8 [2] expected, 1 found", refusedArchive(file));
    archive(file, "x.npy", new byte[] {1, 2, 3});
    assertEquals(
        file + ": entry 'x': no npy file: it does not begin with \\x93NUMPY", refusedArchive(file));

    NpzFile.write(file, Map.of("x", scope.tensor(Shape.of(4), 1, 2, 3, 4)));
    byte[] bytes = Files.readAllBytes(file);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\1\0\0\0\2\0\0\0\3");
    bytes[at] ^= 1;
    Files.write(file, bytes);
    try (NpzFile read = NpzFile.open(file)) {
      assertEquals(
          file + ": entry 'x': damaged archive: the checksum does not match",
          assertThrows(IOException.class, () -> read.read("x", scope)).getMessage());
    }
  }

  private String refusedArchive(Path file) {
    return assertThrows(IOException.class, () -> NpzFile.open(file)).getMessage();
  }

  private static void archive(Path file, String name, byte[] content) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      ZipEntry entry = new ZipEntry(name);
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(content.length);
      CRC32 checksum = new CRC32();
      checksum.update(content);
      entry.setCrc(checksum.getValue());
      zip.putNextEntry(entry);
      zip.write(content);
      zip.closeEntry();
    }
  }

  @Test
  void cutOffAndFlippedBytesNeverGiveMoreThanAClearException() throws IOException {
    ByteArrayOutputStream npy = new ByteArrayOutputStream();
    Tensor tensor = scope.normal(Shape.of(3, 4));
    NpyFile.write(npy, StoredType.F32, tensor);
    Path archive = directory.resolve("good.npz");
    NpzFile.write(archive, some());
    byte[] stored = Files.readAllBytes(archive);
    NpzFile.writeCompressed(archive, some());
    byte[] compressed = Files.readAllBytes(archive);
    Random random = new Random(1);
    assertTrue(fuzz(npy.toByteArray(), "bad.npy", random, NpyFile::read) > 200);
    assertTrue(fuzz(stored, "bad.npz", random, NpzFile::read) > 300);
    assertTrue(fuzz(compressed, "bad.npz", random, NpzFile::read) > 300);
  }

  /** Reads a file. */
  private interface Reading {
    Object read(Path file, Scope scope) throws IOException;
  }

  /** How many of 600 damaged files were refused. */
  private int fuzz(byte[] good, String name, Random random, Reading reading) throws IOException {
    Path bad = directory.resolve(name);
    int refused = 0;
    for (int round = 0; round < 600; round++) {
      byte[] damaged = good.clone();
      if (round % 3 == 0) {
        damaged = Arrays.copyOf(good, random.nextInt(good.length));
      } else {
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
          damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      Files.write(bad, damaged);
      try (Scope child = scope.child("fuzz")) {
        reading.read(bad, child);
      } catch (IOException clear) {
        assertTrue(clear.getMessage().startsWith(bad + ": "), clear.getMessage());
        refused++;
      }
    }
    return refused;
  }

  @Test
  void filesOfNumPyAreRead() throws IOException {
    assertEquals("f64 []", real("0d").spec().toString());
    assertEquals("i64 [1]", real("1d").spec().toString());
    assertEquals("i32 [1, 2]", real("2d").spec().toString());
    assertEquals("bool [1]", real("boolean").spec().toString());
    assertEquals("f32 [1]", real("fp16").spec().toString());
    assertEquals("f32 [1]", real("fp32").spec().toString());
    assertEquals("i8 [1]", real("int8").spec().toString());
    assertEquals("u8 [1]", real("uint8").spec().toString());
    for (String name : List.of("0d", "1d", "2d", "boolean", "fp32", "int8", "uint8")) {
      Path again = directory.resolve("again.npy");
      NpyFile.write(again, real(name));
      assertArrayEquals(
          Files.readAllBytes(TestData.file("llm/npy/" + name + ".npy")),
          Files.readAllBytes(again),
          name);
    }
  }

  private Tensor real(String name) throws IOException {
    return NpyFile.read(TestData.file("llm/npy/" + name + ".npy"), scope);
  }

  @Test
  void archivesOfNumPyAreRead() throws IOException {
    Map<String, Tensor> some = NpzFile.read(TestData.file("llm/npy/candle-test.npz"), scope);
    assertEquals(List.of("x", "x_plus_one"), List.copyOf(some.keySet()));
    Tensor x = some.get("x");
    long[] plusOne = x.toLongs();
    Arrays.setAll(plusOne, i -> plusOne[i] + 1);
    assertArrayEquals(plusOne, some.get("x_plus_one").toLongs());
    assertEquals(
        List.of("bool8", "arr_0"),
        List.copyOf(NpzFile.read(TestData.file("llm/npy/list.npz"), scope).keySet()));
  }

  @ParameterizedTest
  @CsvSource({"<f4", ">f4", "<f8", "<f2", ">i8", "<i4", ">i2", "|u1", "|b1"})
  void mappedRowsAreThoseThatAreRead(String type) throws IOException {
    byte[] data = new byte[3 * 2 * Character.digit(type.charAt(2), 10)];
    new Random(5).nextBytes(data);
    String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (3, 2), }";
    Path file = Files.write(directory.resolve("rows.npy"), npy(1, header, data));
    Tensor whole = NpyFile.read(file, scope);
    try (Arena arena = Arena.ofConfined()) {
      MappedRows rows = NpyFile.map(file, arena);
      assertEquals(3, rows.count());
      Tensor copied = scope.empty(whole.dtype(), whole.shape());
      for (long row = 2; row >= 0; row--) {
        rows.copy(row, row, copied);
      }
      long bytes = whole.size() * whole.dtype().bytes();
      assertEquals(
          -1,
          whole
              .memory()
              .asSlice(whole.at(), bytes)
              .mismatch(copied.memory().asSlice(copied.at(), bytes)));
    }
  }

  @Test
  void columnMajorRowsAreNotMapped() throws IOException {
    String header = "{'descr': '<i4', 'fortran_order': True, 'shape': (1, 2), }";
    Path file = Files.write(directory.resolve("rows.npy"), npy(1, header, new byte[8]));
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(
          file
              + ": i32 [1, 2] in Fortran order: rows that lie together expected: read the whole"
              + " file",
          assertThrows(IOException.class, () -> NpyFile.map(file, arena)).getMessage());
    }
  }
}
