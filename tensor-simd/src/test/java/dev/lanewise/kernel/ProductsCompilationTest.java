package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.cpu.CpuProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products and convolutions compile without a cliff and then allocate nothing. */
@Tag("warm")
@Tag("vectors")
class ProductsCompilationTest {
  /** Enough calls for every tile of every shape to reach C2 and settle. */
  private static final int WARM_UP = 400;

  private final Random random = new Random(3);

  @ParameterizedTest
  @EnumSource
  void allocateNothingOnceWarm(Element element) {
    CpuProfile profile = CpuProfile.detected();
    Kernels kernels = Providers.simd(profile);
    try (Arena arena = Arena.ofShared()) {
      List<Runnable> runs = new ArrayList<>();
      products(kernels.gemm(element), profile, arena, element, runs);
      convolutions(kernels.convolution(element), profile, arena, element, runs);
      CompilationCanary.Report report =
          CompilationCanary.watch(
              "dev.lanewise.kernel.simd." + element,
              () -> {
                for (int i = 0; i < WARM_UP; i++) {
                  runs.forEach(Runnable::run);
                }
              });
      assertEquals(List.of(), report.offences());
      String tile = "dev.lanewise.kernel.simd." + element + "Tile4x2v::run";
      assertTrue(report.compiled().containsKey(tile), () -> "not compiled: " + tile);
      for (int i = 0; i < runs.size(); i++) {
        Runnable run = runs.get(i);
        int number = i;
        assertEquals(0, CompilationCanary.allocated(run), () -> "bytes allocated by run " + number);
      }
    }
  }

  private void products(
      GemmKernel gemm, CpuProfile profile, Arena arena, Element element, List<Runnable> runs) {
    Workspace workspace = new Workspace(profile, arena);
    int[][] shapes = {{37, 40, 70}, {1, 65, 150}, {5, 33, 129}, {12, 333, 16}, {20, 48, 64}};
    for (int[] shape : shapes) {
      for (int layout = 0; layout < 4; layout++) {
        Matrix a = Guarded.matrix(arena, random, element, shape[0], shape[1], layout);
        Matrix b = Guarded.matrix(arena, random, element, shape[1], shape[2], layout / 2);
        Matrix out = Guarded.matrix(arena, random, element, shape[0], shape[2], 2);
        MemorySegment bias = Guarded.random(arena, random, element, shape[2]);
        WriteOut writeOut = layout == 0 ? WriteOut.PLAIN : WriteOut.bias(bias, 0).withRelu();
        MemorySegment memory = arena.allocate(gemm.packedBytes(shape[1], shape[2]), 64);
        PackedMatrix packed = gemm.pack(b, memory, 0);
        runs.add(() -> gemm.multiply(a, b, out, writeOut, 0, shape[0], workspace));
        runs.add(() -> gemm.pack(b, 0, gemm.panels(shape[2]), packed));
        runs.add(() -> gemm.multiply(a, packed, out, writeOut, 0, shape[0], workspace));
      }
    }
  }

  private void convolutions(
      ConvolutionKernel kernel,
      CpuProfile profile,
      Arena arena,
      Element element,
      List<Runnable> runs) {
    Workspace workspace = new Workspace(profile, arena);
    long b = element.bytes();
    for (long channels : new long[] {1, 8}) {
      ConvolutionShape shape =
          new ConvolutionShape(2, 11, 12, channels, 6, 6, 20, 1, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1);
      Image image = image(arena, element, 2, 11, 12, channels);
      Image out = image(arena, element, 2, 6, 6, 20);
      Filter filter =
          new Filter(
              Guarded.random(arena, random, element, 9 * channels * 20),
              0,
              0,
              b,
              20 * b,
              3 * channels * 20 * b,
              channels * 20 * b);
      ConvolutionShape back = shape.transposed();
      Filter backFilter = filter.transposed(shape);
      MemorySegment memory = arena.allocate(kernel.packedBytes(shape), 64);
      MemorySegment backMemory = arena.allocate(kernel.packedBytes(back), 64);
      PackedFilter packed = kernel.pack(shape, filter, memory, 0);
      PackedFilter backPacked = kernel.pack(back, backFilter, backMemory, 0);
      MemorySegment partial = arena.allocate(kernel.chunkBytes(shape), 64);
      long weights = shape.patch();
      WriteOut rectified = WriteOut.PLAIN.withRelu();
      long panels = kernel.panels(shape);
      runs.add(() -> kernel.pack(filter, 0, panels, packed));
      runs.add(() -> kernel.convolve(image, packed, out, rectified, 0, shape.rows(), workspace));
      runs.add(
          () -> kernel.convolve(out, backPacked, image, WriteOut.PLAIN, 0, back.rows(), workspace));
      runs.add(
          () -> kernel.filterGradient(shape, image, out, 0, 0, weights, partial, 0, workspace));
      runs.add(() -> kernel.sumChunks(shape, partial, 0, 0, weights, filter, false));
    }
  }

  private Image image(
      Arena arena, Element element, long batch, long height, long width, long channels) {
    long b = element.bytes();
    MemorySegment memory =
        Guarded.random(arena, random, element, batch * height * width * channels);
    return new Image(memory, 0, height * width * channels * b, width * channels * b, channels * b);
  }
}
