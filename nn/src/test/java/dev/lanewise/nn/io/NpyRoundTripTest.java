package dev.lanewise.nn.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** What is written is read again, bit for bit, whatever type, shape and order it has. */
class NpyRoundTripTest {
  private static final Path FILE = temporary();

  private static Path temporary() {
    try {
      return Files.createTempFile("round-trip", ".npy");
    } catch (IOException noSpace) {
      throw new java.io.UncheckedIOException(noSpace);
    }
  }

  @AfterContainer
  static void delete() throws IOException {
    Files.deleteIfExists(FILE);
  }

  @Provide
  Arbitrary<DType> types() {
    return Arbitraries.of(
        DType.F64, DType.F32, DType.I64, DType.I32, DType.I16, DType.I8, DType.U8, DType.BOOL);
  }

  @Provide
  Arbitrary<List<Integer>> shapes() {
    return Arbitraries.integers().between(0, 7).list().ofMaxSize(4);
  }

  @Property(tries = 300)
  void anArray(
      @ForAll("types") DType type,
      @ForAll("shapes") List<Integer> shape,
      @ForAll boolean transposed,
      @ForAll long seed)
      throws IOException {
    try (Scope scope = Scope.open("test")) {
      Tensor tensor = random(scope, type, shape, transposed, seed);
      NpyFile.write(FILE, tensor);
      assertSame(tensor, NpyFile.read(FILE, scope));
      assertEquals(tensor.shape(), NpyFile.spec(FILE).shape());
    }
  }

  @Property(tries = 200)
  void anArchive(
      @ForAll("types") DType type,
      @ForAll("shapes") List<Integer> shape,
      @ForAll boolean transposed,
      @ForAll boolean compressed,
      @ForAll long seed)
      throws IOException {
    try (Scope scope = Scope.open("test")) {
      Tensor a = random(scope, type, shape, transposed, seed);
      Tensor b = random(scope, DType.F32, List.of(3), false, seed + 1);
      if (compressed) {
        NpzFile.writeCompressed(FILE, Map.of("a", a, "b", b));
      } else {
        NpzFile.write(FILE, Map.of("a", a, "b", b));
      }
      Map<String, Tensor> back = NpzFile.read(FILE, scope);
      assertEquals(2, back.size());
      assertSame(a, back.get("a"));
      assertSame(b, back.get("b"));
    }
  }

  private static Tensor random(
      Scope scope, DType type, List<Integer> extents, boolean transposed, long seed) {
    Shape shape = Shape.of(extents.stream().mapToLong(Integer::longValue).toArray());
    Tensor tensor = scope.empty(type, shape);
    byte[] bits = new byte[Math.toIntExact(shape.size() * type.bytes())];
    new Random(seed).nextBytes(bits);
    if (type.equals(DType.BOOL)) {
      for (int i = 0; i < bits.length; i++) {
        bits[i] &= 1;
      }
    }
    MemorySegment.copy(MemorySegment.ofArray(bits), 0, tensor.memory(), tensor.at(), bits.length);
    if (!transposed) {
      return tensor;
    }
    int[] axes = new int[shape.rank()];
    for (int axis = 0; axis < axes.length; axis++) {
      axes[axis] = axes.length - 1 - axis;
    }
    return tensor.permute(axes);
  }

  private static void assertSame(Tensor expected, Tensor read) {
    assertEquals(expected.dtype(), read.dtype());
    assertEquals(expected.shape(), read.shape());
    assertTrue(read.layout().isContiguous());
    Tensor rowMajor = expected.copyTo(expected.scope());
    long bytes = read.size() * read.dtype().bytes();
    assertEquals(
        -1,
        rowMajor
            .memory()
            .asSlice(rowMajor.at(), bytes)
            .mismatch(read.memory().asSlice(read.at(), bytes)));
  }
}
