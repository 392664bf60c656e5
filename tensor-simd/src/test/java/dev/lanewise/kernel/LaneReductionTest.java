package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.scalar.ScalarLoops;
import dev.lanewise.kernel.simd.SimdLoops;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reductions fold in exactly the order of {@link ReduceKernel}, in both providers. */
@Tag("vectors")
class LaneReductionTest {
  private static final double GUARD = 4242;

  private static double neutral(Reduction reduction) {
    return switch (reduction) {
      case SUM -> 0;
      case PROD -> 1;
      case MIN -> Double.POSITIVE_INFINITY;
      case MAX -> Double.NEGATIVE_INFINITY;
    };
  }

  private static double fold(Reduction reduction, Element element, double a, double x) {
    double value =
        switch (reduction) {
          case SUM -> element == Element.F32 ? (float) a + (float) x : a + x;
          case PROD -> element == Element.F32 ? (float) a * (float) x : a * x;
          case MIN -> Math.min(a, x);
          case MAX -> Math.max(a, x);
        };
    return value;
  }

  /** The contract, word for word. */
  private static double row(Reduction reduction, Element element, double[] row) {
    double[] lanes = new double[16];
    Arrays.fill(lanes, neutral(reduction));
    for (int i = 0; i < row.length; i++) {
      lanes[i % 16] = fold(reduction, element, lanes[i % 16], row[i]);
    }
    for (int distance = 8; distance > 0; distance /= 2) {
      for (int j = 0; j < distance; j++) {
        lanes[j] = fold(reduction, element, lanes[j], lanes[j + distance]);
      }
    }
    return lanes[0];
  }

  private static ReduceKernel kernel(Reduction reduction, Element element, boolean simd) {
    return simd ? SimdLoops.reduce(reduction, element) : ScalarLoops.reduce(reduction, element);
  }

  private static double number(Element element, Random random, boolean wild) {
    double value = wild ? LaneMemory.random(element, random) : random.nextGaussian();
    return element == Element.F32 ? (float) value : value;
  }

  @ParameterizedTest
  @EnumSource(Reduction.class)
  void rows(Reduction reduction) {
    Random random = new Random(1);
    for (Element element : Element.values()) {
      long bytes = element.bytes();
      for (int extent : new int[] {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 100, 131, 1000}) {
        for (int stride : new int[] {1, 3, 0, -1}) {
          for (boolean wild : new boolean[] {false, true}) {
            int rows = 3;
            long rowStride = (Math.abs(stride) * (long) extent + 5) * bytes;
            try (Arena arena = Arena.ofConfined()) {
              MemorySegment x = arena.allocate(rows * rowStride);
              for (long at = 0; at < x.byteSize(); at += bytes) {
                LaneMemory.set(element, x, at, number(element, random, wild));
              }
              long xAt = stride < 0 ? (extent - 1L) * bytes : bytes;
              MemorySegment out = arena.allocate(8 * bytes);
              for (boolean simd : new boolean[] {false, true}) {
                for (int i = 0; i < 8; i++) {
                  LaneMemory.set(element, out, i * bytes, GUARD);
                }
                kernel(reduction, element, simd)
                    .rows(
                        x,
                        Math.max(0, xAt),
                        rowStride,
                        stride * bytes,
                        out,
                        bytes,
                        2 * bytes,
                        rows,
                        extent);
                for (int r = 0; r < rows; r++) {
                  double[] row = new double[extent];
                  for (int i = 0; i < extent; i++) {
                    row[i] =
                        LaneMemory.get(
                            element,
                            x,
                            Math.max(0, xAt) + r * rowStride + (long) i * stride * bytes);
                  }
                  assertEquals(
                      row(reduction, element, row),
                      LaneMemory.get(element, out, bytes + 2L * r * bytes),
                      "%s %s, extent %d, stride %d, row %d, simd %s"
                          .formatted(reduction, element, extent, stride, r, simd));
                }
                for (int i = 0; i < 8; i += 2) {
                  assertEquals(GUARD, LaneMemory.get(element, out, i * bytes), "guard");
                }
              }
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Reduction.class)
  void columns(Reduction reduction) {
    Random random = new Random(2);
    for (Element element : Element.values()) {
      long bytes = element.bytes();
      for (int columns : new int[] {0, 1, 3, 4, 5, 8, 9, 16, 17, 37, 2500}) {
        for (int rows : new int[] {0, 1, 2, 3, 4, 5, 11}) {
          long rowStride = (columns + 3) * bytes;
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate(rows * rowStride + bytes);
            for (long at = 0; at < x.byteSize(); at += bytes) {
              LaneMemory.set(element, x, at, number(element, random, rows % 2 == 0));
            }
            MemorySegment out = arena.allocate((columns + 2) * bytes);
            for (boolean simd : new boolean[] {false, true}) {
              for (int i = 0; i < columns + 2; i++) {
                LaneMemory.set(element, out, i * bytes, GUARD);
              }
              kernel(reduction, element, simd)
                  .columns(x, bytes, rowStride, out, bytes, rows, columns);
              for (int c = 0; c < columns; c++) {
                double expected = neutral(reduction);
                for (int r = 0; r < rows; r++) {
                  double value = LaneMemory.get(element, x, bytes + r * rowStride + c * bytes);
                  expected = fold(reduction, element, expected, value);
                }
                double actual = LaneMemory.get(element, out, (c + 1) * bytes);
                if (Double.doubleToLongBits(expected) != Double.doubleToLongBits(actual)) {
                  assertEquals(
                      expected, actual, "%s %s, column %d".formatted(reduction, element, c));
                }
              }
              assertEquals(GUARD, LaneMemory.get(element, out, 0), "guard");
              assertEquals(GUARD, LaneMemory.get(element, out, (columns + 1) * bytes), "guard");
            }
          }
        }
      }
    }
  }
}
