package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.simd.SimdLoops;
import dev.lanewise.kernel.simd.SimdWidth;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every vector loop compiles without falling off a cliff, and allocates nothing once it is warm.
 *
 * <p>To be run with {@code -Xbatch}. A loop over a single vector reaches C2 by its invocations,
 * with the fewest vectors made in the interpreter.
 */
@Tag("warm")
@Tag("vectors")
class LaneCompilationTest {
  /** More than C2's threshold of 5,000, with the calls that are made before a profile is kept. */
  private static final int CALLS = 6000;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment x = arena.allocate(4096);
  private final MemorySegment y = arena.allocate(4096);
  private final MemorySegment z = arena.allocate(4096);
  private final MemorySegment out = arena.allocate(4096);

  @BeforeEach
  void fill() {
    fill(Element.F32);
  }

  @AfterEach
  void close() {
    arena.close();
  }

  private void fill(Element element) {
    for (long at = 0; at < 4096; at += element.bytes()) {
      LaneMemory.set(element, x, at, 0.5 + at % 17 / 16.0);
      LaneMemory.set(element, y, at, 0.75 - at % 13 / 16.0);
      LaneMemory.set(element, z, at, 0.25 + at % 11 / 16.0);
    }
  }

  private static int lanes(Element element) {
    return element == Element.F32 ? SimdWidth.F32.length() : SimdWidth.F64.length();
  }

  /** The loop of a lane function over one vector, with one operand repeated unless it is -1. */
  private Runnable loop(Lane lane, Element element, int repeated) {
    long bytes = element.bytes();
    long xStride = repeated == 0 ? 0 : bytes;
    long yStride = repeated == 1 ? 0 : bytes;
    long zStride = repeated == 2 ? 0 : bytes;
    int n = lanes(element);
    return switch (lane.arity()) {
      case 1 -> {
        MapKernel map = SimdLoops.map(lane, element);
        yield () -> map.run(x, 0, xStride, out, 0, bytes, n, -0.75, 1.25);
      }
      case 2 -> {
        ZipKernel zip = SimdLoops.zip(lane, element);
        yield () -> zip.run(x, 0, xStride, y, 0, yStride, out, 0, bytes, n, -0.75, 1.25);
      }
      default -> {
        TernaryKernel ternary = SimdLoops.ternary(lane, element);
        yield () ->
            ternary.run(x, 0, xStride, y, 0, yStride, z, 0, zStride, out, 0, bytes, n, -0.75, 1.25);
      }
    };
  }

  private static void assertClean(Map<String, Runnable> loops, Runnable refill) {
    CompilationCanary.Report report =
        CompilationCanary.watch(
            "dev.lanewise.kernel.simd.",
            () -> {
              refill.run();
              for (Runnable loop : loops.values()) {
                for (int i = 0; i < CALLS; i++) {
                  loop.run();
                }
              }
            });
    assertEquals(List.of(), report.offences());
    List<String> allocating = new ArrayList<>();
    loops.forEach(
        (name, loop) -> {
          long bytes = CompilationCanary.allocated(loop);
          if (bytes > 0) {
            allocating.add(name + ": " + bytes + " bytes");
          }
        });
    assertEquals(List.of(), allocating);
  }

  private void assertCleanLanes(Element element, boolean repeated) {
    Map<String, Runnable> loops = new LinkedHashMap<>();
    for (Lane lane : Lane.values()) {
      for (int operand = repeated ? 0 : -1; operand < (repeated ? lane.arity() : 0); operand++) {
        loops.put(lane + " " + element + " " + operand, loop(lane, element, operand));
      }
    }
    assertClean(loops, () -> fill(element));
  }

  @Test
  void contiguousLoopsOfFloats() {
    assertCleanLanes(Element.F32, false);
  }

  @Test
  void contiguousLoopsOfDoubles() {
    assertCleanLanes(Element.F64, false);
  }

  @Test
  void loopsOfFloatsWithRepeatedOperands() {
    assertCleanLanes(Element.F32, true);
  }

  @Test
  @Tag("soak")
  void loopsOfDoublesWithRepeatedOperands() {
    assertCleanLanes(Element.F64, true);
  }

  @Test
  void reductions() {
    Map<String, Runnable> loops = new LinkedHashMap<>();
    for (Element element : Element.values()) {
      long bytes = element.bytes();
      for (Reduction reduction : Reduction.values()) {
        ReduceKernel kernel = SimdLoops.reduce(reduction, element);
        String name = reduction + " " + element;
        loops.put(name + " rows", () -> kernel.rows(x, 0, 35 * bytes, bytes, out, 0, bytes, 2, 35));
        loops.put(
            name + " columns",
            () -> kernel.columns(x, 0, 35 * bytes, out, 0, 5, 2L * lanes(element)));
      }
    }
    assertClean(loops, () -> fill(Element.F64));
  }

  /**
   * A loop with a species that C2 cannot know. A class of its own, since JUnit links test classes
   * where the module is absent, too.
   */
  private static final class Cliff {
    private static VectorSpecies<Float> notFinal = SimdWidth.F32;

    static void run(MemorySegment x, MemorySegment out) {
      FloatVector sum = FloatVector.zero(notFinal);
      for (int i = 0; i < 4; i++) {
        sum = sum.add(FloatVector.fromMemorySegment(notFinal, x, i * 4L, ByteOrder.nativeOrder()));
      }
      sum.intoMemorySegment(out, 0, ByteOrder.nativeOrder());
    }
  }

  /**
   * One sign is enough: where the methods' plain forms are hot, C2 inlines those without a word.
   */
  @Test
  void canarySings() {
    CompilationCanary.Report report =
        CompilationCanary.watch(
            "dev.lanewise.kernel.LaneCompilationTest$Cliff",
            () -> {
              for (int i = 0; i < CALLS; i++) {
                Cliff.run(x, out);
              }
            });
    long bytes = CompilationCanary.allocated(() -> Cliff.run(x, out));
    assertTrue(bytes > 0 || !report.offences().isEmpty(), () -> bytes + " bytes, " + report);
  }
}
