package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.cpu.CpuProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GemmKernelTest {
  /**
   * Around the tiles, the panels (4 to 32 columns), four panels, and the small blocks of 13, 40.
   */
  private static final int[] SIZES = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 23, 31, 32, 33, 39, 40, 41, 63, 64,
    65, 79, 80, 81, 127, 128, 129, 131
  };

  private final Random random = new Random(7);

  @ParameterizedTest
  @EnumSource
  void scalarIsTheDefinition(Element element) {
    try (Arena arena = Arena.ofConfined()) {
      for (int layout = 0; layout < 5; layout++) {
        Matrix a = Guarded.matrix(arena, random, element, 5, 6, layout);
        Matrix b = Guarded.matrix(arena, random, element, 6, 7, layout + 1);
        Matrix out = Guarded.matrix(arena, random, element, 5, 7, layout + 2);
        GemmKernel gemm = Providers.scalar().gemm(element);
        gemm.multiply(a, b, out, WriteOut.PLAIN, 0, 5, null);
        for (int i = 0; i < 5; i++) {
          for (int j = 0; j < 7; j++) {
            double sum = 0;
            for (int p = 0; p < 6; p++) {
              double x = Guarded.get(a, element, i, p);
              double y = Guarded.get(b, element, p, j);
              sum =
                  element == Element.F32
                      ? Arithmetic.fma((float) x, (float) y, (float) sum)
                      : Arithmetic.fma(x, y, sum);
            }
            assertEquals(sum, Guarded.get(out, element, i, j));
          }
        }
      }
    }
  }

  @Test
  void slabsAreEven() {
    assertEquals(1, GemmLayout.slab(0));
    assertEquals(1, GemmLayout.slab(1));
    assertEquals(512, GemmLayout.slab(512));
    assertEquals(257, GemmLayout.slab(513));
    assertEquals(342, GemmLayout.slab(1025));
  }

  @ParameterizedTest
  @EnumSource
  void slabsAreAddedInOrder(Element element) {
    try (Arena arena = Arena.ofConfined()) {
      int k = 1025;
      Matrix a = Guarded.matrix(arena, random, element, 1, k, 0);
      Matrix b = Guarded.matrix(arena, random, element, k, 1, 0);
      Matrix out = Guarded.matrix(arena, random, element, 1, 1, 0);
      double sum = Guarded.get(out, element, 0, 0);
      for (int from = 0; from < k; from += 342) {
        double chain = 0;
        for (int p = from; p < Math.min(from + 342, k); p++) {
          double x = Guarded.get(a, element, 0, p);
          double y = Guarded.get(b, element, p, 0);
          chain =
              element == Element.F32
                  ? Arithmetic.fma((float) x, (float) y, (float) chain)
                  : Arithmetic.fma(x, y, chain);
        }
        sum = element == Element.F32 ? (float) sum + (float) chain : sum + chain;
      }
      Providers.scalar().gemm(element).multiply(a, b, out, WriteOut.ACCUMULATE, 0, 1, null);
      assertEquals(sum, Guarded.get(out, element, 0, 0));
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("vectors")
  void vectorsGiveTheBitsOfTheScalarKernel(Element element) {
    Kernels simd = Providers.simd(Providers.SMALL_BLOCKS);
    for (int[] shape : shapes()) {
      check(simd, Providers.SMALL_BLOCKS, element, shape[0], shape[1], shape[2]);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("vectors")
  void vectorsGiveTheBitsOfTheScalarKernelInBlocksOfThisCpu(Element element) {
    CpuProfile profile = CpuProfile.detected();
    Kernels simd = Providers.simd(profile);
    check(simd, profile, element, 131, 331, 67);
    check(simd, profile, element, 3, 641, 150);
    check(simd, profile, element, 1, 700, 1100);
  }

  /** One extent after the other through all sizes, the others being awkward. */
  private static List<int[]> shapes() {
    List<int[]> shapes = new ArrayList<>();
    for (int size : SIZES) {
      shapes.add(new int[] {size, 19, 37});
      shapes.add(new int[] {9, size, 37});
      shapes.add(new int[] {9, 19, size});
      shapes.add(new int[] {1, 5, size});
      shapes.add(new int[] {3, 8, size});
    }
    // Sums of two and of three slabs.
    shapes.add(new int[] {3, 513, 5});
    shapes.add(new int[] {9, 1025, 35});
    shapes.add(new int[] {1, 1025, 130});
    shapes.add(new int[] {14, 1025, 1});
    return shapes;
  }

  /** Every layout of each operand, every way out, packed and plain, in one call and in two. */
  private void check(Kernels simd, CpuProfile profile, Element element, int m, int k, int n) {
    GemmKernel scalar = Providers.scalar().gemm(element);
    GemmKernel gemm = simd.gemm(element);
    for (int i = 0; i < 10; i++) {
      try (Arena arena = Arena.ofConfined()) {
        Matrix a = Guarded.matrix(arena, random, element, m, k, i);
        Matrix b = Guarded.matrix(arena, random, element, k, n, i / 2);
        Matrix out =
            Guarded.matrix(arena, random, element, m, n, i == 7 ? 1 : i == 8 ? 3 : i % 2 * 2);
        MemorySegment bias = Guarded.random(arena, random, element, n);
        WriteOut writeOut = new WriteOut(i % 4 >= 2, i % 3 == 0 ? null : bias, 0, i % 2 == 1);
        int from = i >= 5 ? m / 3 : 0;
        int to = i >= 5 ? m - m / 4 : m;
        Matrix expected = Guarded.in(Guarded.copy(arena, out.memory()), out);
        Workspace workspace = new Workspace(profile, arena);
        scalar.multiply(a, b, expected, writeOut, from, to, workspace);
        if (i % 3 == 1) {
          PackedMatrix packed = packed(gemm, arena, b);
          gemm.multiply(a, packed, out, writeOut, from, to, workspace);
        } else {
          int cut = (from + to) / 2;
          gemm.multiply(a, b, out, writeOut, cut, to, workspace);
          gemm.multiply(a, b, out, writeOut, from, cut, workspace);
        }
        int variant = i;
        assertEquals(
            -1,
            expected.memory().mismatch(out.memory()),
            () -> "first byte that differs: %dx%dx%d, variant %d".formatted(m, k, n, variant));
      }
    }
  }

  /** Packs in two parts, into memory with guards around it. */
  private PackedMatrix packed(GemmKernel gemm, Arena arena, Matrix b) {
    long bytes = gemm.packedBytes(b.rows(), b.columns());
    MemorySegment memory = arena.allocate(bytes + 128, 64).fill((byte) 0x5a);
    PackedMatrix packed = new PackedMatrix(memory, 64, b.rows(), b.columns());
    long panels = gemm.panels(b.columns());
    gemm.pack(b, panels / 2, panels, packed);
    gemm.pack(b, 0, panels / 2, packed);
    MemorySegment guard = arena.allocate(64).fill((byte) 0x5a);
    assertEquals(-1, memory.asSlice(0, 64).mismatch(guard));
    assertEquals(-1, memory.asSlice(64 + bytes).mismatch(guard));
    return packed;
  }

  @Test
  @Tag("vectors")
  void packedBytesAreWholeCacheLines() {
    for (Element element : Element.values()) {
      for (Kernels kernels : List.of(Providers.scalar(), Providers.simd(CpuProfile.detected()))) {
        assertEquals(0, kernels.gemm(element).packedBytes(3, 5) % 64);
        assertEquals(0, kernels.gemm(element).packedBytes(0, 5));
      }
    }
  }

  @Test
  @Tag("vectors")
  void notANumberAndInfinityPass() {
    GemmKernel gemm = Providers.simd(CpuProfile.detected()).gemm(Element.F32);
    try (Arena arena = Arena.ofConfined()) {
      Matrix a = Guarded.matrix(arena, random, Element.F32, 4, 3, 0);
      Matrix b = Guarded.matrix(arena, random, Element.F32, 3, 33, 0);
      Matrix out = Guarded.matrix(arena, random, Element.F32, 4, 33, 0);
      Guarded.set(a.memory(), Element.F32, Guarded.at(a, 1, 1), Double.NaN);
      Guarded.set(a.memory(), Element.F32, Guarded.at(a, 2, 1), Double.NEGATIVE_INFINITY);
      Guarded.set(b.memory(), Element.F32, Guarded.at(b, 1, 32), 1);
      gemm.multiply(
          a, b, out, WriteOut.PLAIN.withRelu(), 0, 4, new Workspace(CpuProfile.detected(), arena));
      assertEquals(Double.NaN, Guarded.get(out, Element.F32, 1, 0));
      assertEquals(Double.NaN, Guarded.get(out, Element.F32, 1, 32));
      assertEquals(0.0, Guarded.get(out, Element.F32, 2, 32));
    }
  }
}
