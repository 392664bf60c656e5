package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.kernel.simd.SimdKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A method that calls many loops leaves each of them to be compiled by itself. */
@Tag("warm")
@Tag("vectors")
class ApartTest {
  private static final int CALLS = 20_000;
  private static final int COUNT = 19;
  private static final int WIDTH = Float.BYTES;

  /** Methods of a kernel with vectors in them: all but those that choose a loop. */
  private static final Predicate<String> LOOP =
      Pattern.compile("::(run|rows|columns|scalar)$").asPredicate().negate();

  private final Kernels kernels = new SimdKernels(CpuProfile.detected());
  private final ZipKernel add = kernels.zip(Lane.ADD, Element.F32);
  private final ZipKernel sub = kernels.zip(Lane.SUB, Element.F32);
  private final ZipKernel mul = kernels.zip(Lane.MUL, Element.F32);
  private final ZipKernel div = kernels.zip(Lane.DIV, Element.F32);
  private final ZipKernel squares = kernels.zip(Lane.SQUARED_DIFFERENCE, Element.F32);
  private final ZipKernel tanhGrad = kernels.zip(Lane.TANH_GRAD, Element.F32);
  private final ZipKernel sigmoidGrad = kernels.zip(Lane.SIGMOID_GRAD, Element.F32);
  private final MapKernel square = kernels.map(Lane.SQUARE, Element.F32);
  private final MapKernel inverseRoot = kernels.map(Lane.INVERSE_ROOT, Element.F32);
  private final TernaryKernel product = kernels.ternary(Lane.PRODUCT, Element.F32);
  private final ReduceKernel sum = kernels.reduce(Reduction.SUM, Element.F32);

  /** As a step of an operator does: every call of its own, with one kernel each. */
  private void callAll(MemorySegment x, MemorySegment y, MemorySegment out) {
    add.run(x, 0, WIDTH, y, 0, WIDTH, out, 0, WIDTH, COUNT, 0, 0);
    sub.run(x, 0, WIDTH, y, 0, WIDTH, out, 0, WIDTH, COUNT, 0, 0);
    mul.run(x, 0, WIDTH, y, 0, WIDTH, out, 0, WIDTH, COUNT, 0, 0);
    div.run(x, 0, WIDTH, y, 0, WIDTH, out, 0, WIDTH, COUNT, 0, 0);
    squares.run(x, 0, WIDTH, y, 0, WIDTH, out, 0, WIDTH, COUNT, 0, 0);
    tanhGrad.run(x, 0, WIDTH, y, 0, WIDTH, out, 0, WIDTH, COUNT, 0, 0);
    sigmoidGrad.run(x, 0, WIDTH, y, 0, WIDTH, out, 0, WIDTH, COUNT, 0, 0);
    square.run(x, 0, WIDTH, out, 0, WIDTH, COUNT, 0, 0);
    inverseRoot.run(x, 0, WIDTH, out, 0, WIDTH, COUNT, 0.5, 1);
    product.run(x, 0, WIDTH, y, 0, WIDTH, x, 0, WIDTH, out, 0, WIDTH, COUNT, 0, 0);
    sum.rows(x, 0, WIDTH, WIDTH, out, 0, WIDTH, 1, COUNT);
    sum.columns(x, 0, WIDTH, out, 0, 1, COUNT);
  }

  @Test
  void aCallerOfManyLoopsInlinesNone() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(256, 64);
      MemorySegment y = arena.allocate(256, 64);
      MemorySegment out = arena.allocate(256, 64);
      CompilationCanary.Report report =
          CompilationCanary.watch(
              ApartTest.class.getName(),
              () -> {
                for (int i = 0; i < CALLS; i++) {
                  callAll(x, y, out);
                }
              });
      assertTrue(report.compiled().containsKey(ApartTest.class.getName() + "::callAll"));
      assertEquals(List.of(), report.inlined().stream().filter(LOOP).toList());
      assertEquals(List.of(), report.offences());
      assertEquals(0, CompilationCanary.allocated(() -> callAll(x, y, out)));
    }
  }
}
