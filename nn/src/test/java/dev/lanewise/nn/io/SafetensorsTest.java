package dev.lanewise.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir Path directory;

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void everyTypeSurvivesTheWayThroughAFile() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("f64", scope.tensor(Shape.of(2, 2), 1.0, -2.5, Double.MIN_VALUE, Double.NaN));
    tensors.put("f32", scope.tensor(Shape.of(3), 1f, -0f, Float.POSITIVE_INFINITY));
    tensors.put("i64", scope.tensor(Shape.scalar(), Long.MIN_VALUE));
    tensors.put("i32", scope.tensor(Shape.of(1, 2), Integer.MAX_VALUE, -1));
    tensors.put("i16", scope.empty(DType.I16, Shape.of(2)).fill(-300));
    tensors.put("i8", scope.empty(DType.I8, Shape.of(3)).copyFrom(new byte[] {1, -2, 3}));
    tensors.put("u8", scope.empty(DType.U8, Shape.of(5)).copyFrom(new byte[] {1, -2, 3, 4, 5}));
    tensors.put("bool", scope.tensor(Shape.of(2), true, false));
    tensors.put("none", scope.empty(DType.F32, Shape.of(0, 4)));
    tensors.put("a \"name\" \\ with\n ünïcode \ud83d\ude00", scope.tensor(Shape.of(1), 7f));
    Path file = directory.resolve("all.safetensors");

    Safetensors.write(file, tensors, Map.of("made by", "a test"));

    try (Safetensors read = Safetensors.open(file)) {
      assertEquals(tensors.keySet(), Map.copyOf(read.readAll(scope)).keySet());
      assertEquals(Map.of("made by", "a test"), read.metadata());
      assertNull(read.spec("missing"));
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        Tensor back = read.read(entry.getKey(), scope);
        assertEquals(entry.getValue().spec(), read.spec(entry.getKey()));
        assertEquals(entry.getValue().spec(), back.spec());
        assertEquals(entry.getValue().toString(), back.toString());
      }
    }
  }

  @Test
  void aPermutedTensorIsWrittenRowMajor() throws IOException {
    Tensor tensor = scope.tensor(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f).transpose();
    Path file = directory.resolve("permuted.safetensors");
    Safetensors.write(file, Map.of("x", tensor));
    assertArrayEquals(
        new float[] {1, 4, 2, 5, 3, 6}, Safetensors.read(file, scope).get("x").toFloats());
  }

  @Test
  void dataBeginAtAMultipleOfEightAndWideTypesComeFirst() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("b", scope.tensor(Shape.of(3), true, true, false));
    tensors.put("z", scope.tensor(Shape.of(1), 1.0));
    tensors.put("a", scope.tensor(Shape.of(1), 2.0));
    Path file = directory.resolve("order.safetensors");
    Safetensors.write(file, tensors);
    byte[] bytes = Files.readAllBytes(file);
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertEquals(0, header % 8);
    assertEquals(
        2.0, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getDouble(8 + (int) header));
    try (Safetensors read = Safetensors.open(file)) {
      assertEquals(List.of("a", "z", "b"), List.copyOf(read.names()));
    }
  }

  @Test
  void narrowFloatsAreWidened() throws IOException {
    Path file =
        file(
            "{\"h\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[0,6]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[6,10]}}",
            shorts(0x3c00, 0xc000, 0x7c00, 0x3f80, 0xc049));
    Map<String, Tensor> tensors = Safetensors.read(file, scope);
    assertArrayEquals(new float[] {1, -2, Float.POSITIVE_INFINITY}, tensors.get("h").toFloats());
    assertArrayEquals(new float[] {1, -3.140625f}, tensors.get("b").toFloats());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\\ ; 4; malformed safetensors header: '\"' expected at character 1, '\\' found",
        "[] ; 0; malformed safetensors header: '{' expected at character 0, '[' found",
        "{\"x\":{}} ; 0; malformed safetensors header: entry 'x' lacks one of 'dtype', 'shape' and"
            + " 'data_offsets'",
        "{\"x\":{\"dtype\":\"F4\",\"shape\":[],\"data_offsets\":[0,4]}} ; 4; malformed safetensors"
            + " header: entry 'x' has type 'F4', which is not supported: one of F64, F32, F16,"
            + " BF16, I64, I32, I16, I8, U8, BOOL",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} ; 4; malformed"
            + " safetensors header: entry 'x' of F32 [2] takes 8 bytes, its offsets span 4",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807],\"data_offsets\":[0,4]}} ; 4;"
            + " malformed safetensors header: entry 'x' of F32 [9223372036854775807] takes too many"
            + " bytes, its offsets span 4",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}} ; 4;"
            + " malformed safetensors header: entry 'x': shape: more than 2^63 elements:"
            + " [4294967296, 4294967296]",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} ; 4; malformed"
            + " safetensors header: a whole number expected at character 29, '-' found",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}} ; 4; malformed"
            + " safetensors header: entry 'x' has offsets that are no range",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}} ; 4; malformed"
            + " safetensors header: entry 'x' has an unknown 'more'",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} ; 3; malformed"
            + " safetensors header: the entries take 4 bytes, the file has 3 after its header",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} ; 5; malformed"
            + " safetensors header: the entries take 4 bytes, the file has 5 after its header",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} ; 8; malformed"
            + " safetensors header: entry 'x' begins at byte 4 of the data, byte 0 expected",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"y\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}"
            + " ; 3; malformed safetensors header: entry 'y' begins at byte 1 of the data, byte 2"
            + " expected",
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"x\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"
            + " ; 0; malformed safetensors header: two entries 'x'",
        "{\"__metadata__\":{\"a\":1}} ; 0; malformed safetensors header: '\"' expected at character"
            + " 21, '1' found",
        "{} x ; 0; malformed safetensors header: the end expected at character 3, 'x' found",
      })
  void aMalformedHeaderIsRefused(String header, int dataBytes, String message) throws IOException {
    Path file = file(header, new byte[dataBytes]);
    IOException thrown = assertThrows(IOException.class, () -> Safetensors.open(file));
    assertEquals(file + ": " + message, thrown.getMessage());
  }

  @Test
  void foreignFilesAreRefused() throws IOException {
    Path file = directory.resolve("foreign");
    Files.write(file, new byte[7]);
    assertEquals(
        file + ": no safetensors file: 8 bytes of header length expected, the file has 7",
        assertThrows(IOException.class, () -> Safetensors.open(file)).getMessage());
    Files.writeString(file, "PK\u0003\u0004 this is an archive");
    assertEquals(
        file + ": no safetensors file: a header of 7595448452415441744 bytes, the file has 23",
        assertThrows(IOException.class, () -> Safetensors.open(file)).getMessage());
    Files.write(file, new byte[] {2, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xfe});
    assertEquals(
        file + ": no safetensors file: the header is not UTF-8",
        assertThrows(IOException.class, () -> Safetensors.open(file)).getMessage());
  }

  @Test
  void anUnknownNameIsAnErrorThatListsTheNames() throws IOException {
    Path file = directory.resolve("one.safetensors");
    Safetensors.write(file, Map.of("w", scope.tensor(Shape.of(1), 1f)));
    try (Safetensors read = Safetensors.open(file)) {
      assertEquals(
          file + ": no entry 'v'; the file has [w]",
          assertThrows(IOException.class, () -> read.read("v", scope)).getMessage());
    }
  }

  @Test
  void aReservedNameAndAnUnknownTypeAreNotWritten() {
    Path file = directory.resolve("never.safetensors");
    Tensor tensor = scope.tensor(Shape.of(1), 1f);
    assertEquals(
        "safetensors: the name '__metadata__' is reserved",
        assertThrows(
                IllegalArgumentException.class,
                () -> Safetensors.write(file, Map.of("__metadata__", tensor)))
            .getMessage());
    Tensor odd = scope.empty(new DType("u16", DType.Kind.UNSIGNED, 16), Shape.of(1));
    assertEquals(
        "safetensors: no type for 'x' of u16: one of F64, F32, F16, BF16, I64, I32, I16, I8, U8,"
            + " BOOL",
        assertThrows(
                IllegalArgumentException.class, () -> Safetensors.write(file, Map.of("x", odd)))
            .getMessage());
    assertTrue(Files.notExists(file));
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = directory.resolve("kept.safetensors");
    Safetensors.write(file, Map.of("w", scope.tensor(Shape.of(2), 1f, 2f)));
    byte[] before = Files.readAllBytes(file);
    assertThrows(
        IOException.class,
        () ->
            AtomicFile.write(
                file,
                channel -> {
                  channel.write(ByteBuffer.wrap(new byte[100]));
                  throw new IOException("No space left on device");
                }));
    Scope closed = Scope.open("closed");
    Tensor dead = closed.tensor(Shape.of(1), 1f);
    closed.close();
    assertThrows(IllegalStateException.class, () -> Safetensors.write(file, Map.of("w", dead)));
    assertArrayEquals(before, Files.readAllBytes(file));
    try (var files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList());
    }
    assertEquals(
        directory + ": is a directory, a file expected",
        assertThrows(IOException.class, () -> AtomicFile.write(directory, channel -> {}))
            .getMessage());
  }

  @Test
  void aDamagedFileNeverGivesMoreThanAClearException() throws IOException {
    Path good = directory.resolve("good.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("conv.kernel", scope.normal(Shape.of(3, 3, 1, 2)));
    tensors.put("conv.bias", scope.zeros(DType.F32, Shape.of(2)));
    tensors.put("steps", scope.tensor(Shape.scalar(), 3L));
    Safetensors.write(good, tensors, Map.of("format", "lanewise"));
    byte[] bytes = Files.readAllBytes(good);
    Path bad = directory.resolve("bad.safetensors");
    Random random = new Random(1);
    int refused = 0;
    for (int round = 0; round < 600; round++) {
      byte[] damaged = bytes.clone();
      if (round % 3 == 0) {
        damaged = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      } else {
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
          damaged[random.nextInt(Math.min(damaged.length, 330))] ^= (byte) (1 << random.nextInt(8));
        }
      }
      Files.write(bad, damaged);
      try (Scope child = scope.child("fuzz")) {
        Safetensors.read(bad, child);
      } catch (IOException clear) {
        assertTrue(clear.getMessage().startsWith(bad + ": "), clear.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 400, "refused " + refused);
  }

  private Path file(String header, byte[] data) throws IOException {
    byte[] text = header.strip().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text).put(data);
    return Files.write(directory.resolve("made.safetensors"), bytes.array());
  }

  private static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }
}
