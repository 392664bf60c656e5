package dev.lanewise.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.io.MappedRows;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
  private static final byte[] GOOD = idx(0x08, new int[] {2, 3}, 1, 2, 3, 4, 5, 255);

  @TempDir Path directory;

  @Test
  void aPlainFileIsRead() throws IOException {
    Idx read = Idx.read(file(GOOD));
    assertEquals(Shape.of(2, 3), read.shape());
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5, -1}, read.values());
  }

  @Test
  void aCompressedFileIsReadWhateverItsName() throws IOException {
    Idx read = Idx.read(file(zipped(GOOD)));
    assertEquals(Shape.of(2, 3), read.shape());
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5, -1}, read.values());
  }

  @Test
  void rowsOfAPlainFileAreReadWhenTheyAreAskedFor() throws IOException {
    try (Arena arena = Arena.ofConfined();
        Scope scope = Scope.open("test")) {
      MappedRows rows = Idx.map(file(GOOD), arena);
      assertEquals(Spec.of(DType.U8, Shape.of(3)), rows.row());
      assertEquals(2, rows.count());
      Tensor batch = scope.zeros(DType.U8, Shape.of(2, 3));
      rows.copy(1, 0, batch);
      assertArrayEquals(new byte[] {4, 5, -1, 0, 0, 0}, batch.toBytes());
      Tensor floats = scope.zeros(DType.F32, Shape.of(1, 3));
      rows.floats(255).copy(1, 0, floats);
      assertArrayEquals(new float[] {4 / 255f, 5 / 255f, 1}, floats.toFloats());
    }
  }

  @Test
  void filesWithoutRowsInPlaceAreNotMapped() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Path zipped = file(zipped(GOOD));
      assertEquals(
          zipped
              + ": compressed with gzip: rows are found in plain files only: unpack it or read it",
          assertThrows(IOException.class, () -> Idx.map(zipped, arena)).getMessage());
      Path shorter = file(Arrays.copyOf(GOOD, 16));
      assertEquals(
          shorter + ": truncated: 6 bytes of 2 times u8 [3] expected, 4 found",
          assertThrows(IOException.class, () -> Idx.map(shorter, arena)).getMessage());
      Path longer = file(Arrays.copyOf(GOOD, 20));
      assertEquals(
          longer + ": longer than its header says: 6 bytes of 2 times u8 [3] expected, 8 found",
          assertThrows(IOException.class, () -> Idx.map(longer, arena)).getMessage());
    }
  }

  @Test
  void rowsEndWithTheirArena() throws IOException {
    MappedRows rows;
    try (Arena arena = Arena.ofConfined()) {
      rows = Idx.map(file(GOOD), arena);
    }
    try (Scope scope = Scope.open("test")) {
      Tensor batch = scope.zeros(DType.U8, Shape.of(1, 3));
      assertThrows(IllegalStateException.class, () -> rows.copy(0, 0, batch));
      assertThrows(IndexOutOfBoundsException.class, () -> rows.copy(2, 0, batch));
      assertThrows(IllegalArgumentException.class, rows::classes);
    }
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    assertEquals("truncated: 6 bytes of [2, 3] expected, 4 found", error(Arrays.copyOf(GOOD, 16)));
    assertEquals("truncated: 8 bytes of extents expected, 5 found", error(Arrays.copyOf(GOOD, 9)));
    assertEquals(
        "no IDX file: it begins with 0x0000, 0x0000 expected", error(Arrays.copyOf(GOOD, 2)));
    assertEquals("no IDX file: it begins with nothing, 0x0000 expected", error(new byte[0]));
    byte[] zipped = zipped(GOOD);
    assertEquals(
        "truncated: the gzip stream ends early", error(Arrays.copyOf(zipped, zipped.length - 9)));
  }

  @Test
  void damagedCompressionIsRefused() throws IOException {
    byte[] zipped = zipped(GOOD);
    zipped[zipped.length - 8] ^= 1;
    assertEquals("damaged gzip stream: Corrupt GZIP trailer", error(zipped));
  }

  @Test
  void longerFilesAreRefused() throws IOException {
    assertEquals(
        "longer than its header says: 6 bytes of [2, 3] expected",
        error(Arrays.copyOf(GOOD, GOOD.length + 1)));
  }

  @Test
  void foreignFilesAreRefused() throws IOException {
    assertEquals(
        "no IDX file: it begins with 0x89504e47, 0x0000 expected",
        error(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10}));
    assertEquals(
        "no IDX file: it begins with 0x00000800, 0x0000 expected",
        error(new byte[] {0, 0, 8, 0, 0, 0, 0, 0}));
    assertEquals(
        "element type 0x0d is not supported: 0x08, unsigned bytes, expected",
        error(idx(0x0d, new int[] {1}, 0, 0, 0, 0)));
  }

  @Test
  void aHugeClaimCostsNoMemory() throws IOException {
    assertEquals(
        "truncated: 2147483639 bytes of [2147483639] expected, 3 found",
        error(idx(0x08, new int[] {Integer.MAX_VALUE - 8}, 1, 2, 3)));
    assertEquals(
        "too large: 4294967295 bytes of [4294967295], at most 2147483639 can be held",
        error(idx(0x08, new int[] {-1}, 1)));
    assertEquals(
        "too large: shape: more than 2^63 elements: [4294967295, 4294967295]",
        error(idx(0x08, new int[] {-1, -1}, 1)));
  }

  @Test
  void damagedFilesNeverGiveMoreThanAClearException() throws IOException {
    Random random = new Random(1);
    for (byte[] good : new byte[][] {GOOD, zipped(GOOD)}) {
      for (int round = 0; round < 200; round++) {
        byte[] damaged = Arrays.copyOf(good, good.length - random.nextInt(3));
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        Path file = file(damaged);
        try {
          Idx.read(file);
        } catch (IOException clear) {
          assertTrue(clear.getMessage().startsWith(file + ": "), clear.getMessage());
        }
      }
    }
  }

  private String error(byte[] content) throws IOException {
    Path file = file(content);
    String message = assertThrows(IOException.class, () -> Idx.read(file)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring(file.toString().length() + 2);
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(directory.resolve("some-idx"), content);
  }

  static byte[] idx(int type, int[] extents, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * extents.length + values.length);
    bytes.put(new byte[] {0, 0, (byte) type, (byte) extents.length});
    for (int extent : extents) {
      bytes.putInt(extent);
    }
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.array();
  }

  static byte[] zipped(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(content);
    }
    return bytes.toByteArray();
  }
}
