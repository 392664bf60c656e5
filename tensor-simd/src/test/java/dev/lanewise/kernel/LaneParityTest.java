package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.kernel.scalar.ScalarLoops;
import dev.lanewise.kernel.simd.SimdLoops;
import dev.lanewise.kernel.simd.SimdWidth;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The loops of both providers give the same bits for every function, on every path. All NaN count
 * as the same.
 */
@Tag("vectors")
class LaneParityTest {
  /** Attributes that tell p from q and suit every function. */
  private static final double P = -0.75;

  private static final double Q = 1.25;

  /** Guard words around the output. */
  private static final double GUARD = 4242;

  private static final long MARGIN = 64;

  /** Runs one loop; {@code y} and {@code z} are used as the arity demands. */
  private interface Loop {
    void run(Operand x, Operand y, Operand z, MemorySegment out, long at, long stride, long count);
  }

  private record Operand(MemorySegment memory, long at, long stride) {}

  private static Loop loop(Lane lane, Element element, boolean simd) {
    return switch (lane.arity()) {
      case 1 -> {
        MapKernel map = simd ? SimdLoops.map(lane, element) : ScalarLoops.map(lane, element);
        yield (x, y, z, out, at, stride, count) ->
            map.run(x.memory, x.at, x.stride, out, at, stride, count, P, Q);
      }
      case 2 -> {
        ZipKernel zip = simd ? SimdLoops.zip(lane, element) : ScalarLoops.zip(lane, element);
        yield zip(zip);
      }
      default -> {
        TernaryKernel ternary =
            simd ? SimdLoops.ternary(lane, element) : ScalarLoops.ternary(lane, element);
        yield ternary(ternary);
      }
    };
  }

  private static Loop zip(ZipKernel zip) {
    return (x, y, z, out, at, stride, count) ->
        zip.run(x.memory, x.at, x.stride, y.memory, y.at, y.stride, out, at, stride, count, P, Q);
  }

  private static Loop ternary(TernaryKernel ternary) {
    return (x, y, z, out, at, stride, count) ->
        ternary.run(
            x.memory, x.at, x.stride, y.memory, y.at, y.stride, z.memory, z.at, z.stride, out, at,
            stride, count, P, Q);
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void edgesMeetEdges(Lane lane) {
    for (Element element : Element.values()) {
      double[] edges = LaneMemory.edges(element);
      int third = lane.arity() == 3 ? edges.length / 4 : edges.length;
      int count = 1;
      for (int i = 0; i < lane.arity(); i++) {
        count *= third;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment[] operands = new MemorySegment[3];
        for (int operand = 0; operand < 3; operand++) {
          operands[operand] = arena.allocate((long) count * element.bytes());
        }
        for (int i = 0; i < count; i++) {
          int rest = i;
          for (int operand = 0; operand < lane.arity(); operand++) {
            // The step is prime to the number of edges, so that a third of them meets all.
            double edge = edges[rest % third * 5 % edges.length];
            LaneMemory.set(element, operands[operand], (long) i * element.bytes(), edge);
            rest /= third;
          }
        }
        compare(lane, element, arena, operands, count);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void randomNumbers(Lane lane) {
    Random random = new Random(lane.name().hashCode());
    for (Element element : Element.values()) {
      int count = 3001;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment[] operands = new MemorySegment[3];
        for (int operand = 0; operand < 3; operand++) {
          operands[operand] = filled(arena, element, count, random);
        }
        compare(lane, element, arena, operands, count);
      }
    }
  }

  private static MemorySegment filled(Arena arena, Element element, int count, Random random) {
    MemorySegment memory = arena.allocate((long) count * element.bytes());
    for (int i = 0; i < count; i++) {
      LaneMemory.set(
          element, memory, (long) i * element.bytes(), LaneMemory.random(element, random));
    }
    return memory;
  }

  private static void compare(
      Lane lane, Element element, Arena arena, MemorySegment[] operands, int count) {
    long bytes = element.bytes();
    Operand x = new Operand(operands[0], 0, bytes);
    Operand y = new Operand(operands[1], 0, bytes);
    Operand z = new Operand(operands[2], 0, bytes);
    MemorySegment simd = arena.allocate(count * bytes);
    MemorySegment scalar = arena.allocate(count * bytes);
    loop(lane, element, true).run(x, y, z, simd, 0, bytes, count);
    loop(lane, element, false).run(x, y, z, scalar, 0, bytes, count);
    for (int i = 0; i < count; i++) {
      long at = i * bytes;
      double expected = LaneMemory.get(element, scalar, at);
      if (!same(expected, LaneMemory.get(element, simd, at))) {
        assertEquals(
            expected,
            LaneMemory.get(element, simd, at),
            "%s %s(%s, %s, %s)"
                .formatted(
                    lane,
                    element,
                    LaneMemory.get(element, operands[0], at),
                    LaneMemory.get(element, operands[1], at),
                    LaneMemory.get(element, operands[2], at)));
      }
    }
  }

  /** Equal bits, where {@code ==} would confuse zeros. */
  private static boolean same(double a, double b) {
    return Double.doubleToLongBits(a) == Double.doubleToLongBits(b);
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void sizesAndStrides(Lane lane) {
    Random random = new Random(7);
    for (Element element : Element.values()) {
      int lanes = element == Element.F32 ? SimdWidth.F32.length() : SimdWidth.F64.length();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment x = filled(arena, element, 200, random);
        MemorySegment y = filled(arena, element, 200, random);
        MemorySegment z = filled(arena, element, 200, random);
        for (int count : new int[] {0, 1, lanes - 1, lanes, lanes + 1, 3 * lanes + 1, 61}) {
          for (int[] strides :
              new int[][] {
                {1, 1, 1, 1},
                {0, 1, 1, 1},
                {1, 0, 1, 1},
                {1, 1, 0, 1},
                {0, 0, 0, 1},
                {1, 1, 1, 2},
                {2, 3, 1, 1},
                {-1, 1, 1, 1},
                {-2, -1, 0, 3},
                {0, 0, 1, 2},
                {1, 1, 1, -1}
              }) {
            strided(lane, element, arena, new MemorySegment[] {x, y, z}, strides, count);
          }
        }
      }
    }
  }

  private static void strided(
      Lane lane, Element element, Arena arena, MemorySegment[] operands, int[] strides, int count) {
    long bytes = element.bytes();
    Operand[] at = new Operand[3];
    for (int i = 0; i < 3; i++) {
      long start = strides[i] < 0 ? -(long) strides[i] * Math.max(0, count - 1) : 1;
      at[i] = new Operand(operands[i], start * bytes, strides[i] * bytes);
    }
    long outAt = (MARGIN + (strides[3] < 0 ? count : 0)) * bytes;
    MemorySegment[] outs = new MemorySegment[2];
    for (int i = 0; i < 2; i++) {
      outs[i] = arena.allocate((2L * MARGIN + 3L * count) * bytes);
      for (long j = 0; j < outs[i].byteSize(); j += bytes) {
        LaneMemory.set(element, outs[i], j, GUARD);
      }
      loop(lane, element, i == 0)
          .run(at[0], at[1], at[2], outs[i], outAt, strides[3] * bytes, count);
    }
    for (long j = 0; j < outs[0].byteSize(); j += bytes) {
      double expected = LaneMemory.get(element, outs[1], j);
      if (!same(expected, LaneMemory.get(element, outs[0], j))) {
        assertEquals(
            expected,
            LaneMemory.get(element, outs[0], j),
            "%s %s, count %d, strides %s, byte %d"
                .formatted(lane, element, count, java.util.Arrays.toString(strides), j));
      }
    }
    for (long j = 0; j < MARGIN; j++) {
      assertEquals(GUARD, LaneMemory.get(element, outs[0], j * bytes), "guard before " + lane);
      assertEquals(
          GUARD,
          LaneMemory.get(element, outs[0], outs[0].byteSize() - (j + 1) * bytes),
          "guard after " + lane);
    }
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void inPlace(Lane lane) {
    Random random = new Random(8);
    int count = 61;
    for (Element element : Element.values()) {
      long bytes = element.bytes();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment x = filled(arena, element, count, random);
        Operand y = new Operand(filled(arena, element, count, random), 0, bytes);
        MemorySegment apart = arena.allocate(count * bytes);
        Operand same = new Operand(x, 0, bytes);
        Loop loop = loop(lane, element, true);
        loop.run(same, y, same, apart, 0, bytes, count);
        loop.run(same, y, same, x, 0, bytes, count);
        for (int i = 0; i < count; i++) {
          assertEquals(
              LaneMemory.get(element, apart, i * bytes),
              LaneMemory.get(element, x, i * bytes),
              lane + " in place");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Comparison.class)
  void comparisons(Comparison comparison) {
    for (Element element : Element.values()) {
      double[] edges = LaneMemory.edges(element);
      long bytes = element.bytes();
      try (Arena arena = Arena.ofConfined()) {
        int count = edges.length * edges.length;
        MemorySegment x = arena.allocate(count * bytes);
        MemorySegment y = arena.allocate(count * bytes);
        for (int i = 0; i < count; i++) {
          LaneMemory.set(element, x, i * bytes, edges[i / edges.length]);
          LaneMemory.set(element, y, i * bytes, edges[i % edges.length]);
        }
        for (boolean simd : new boolean[] {false, true}) {
          MemorySegment out = arena.allocate(count);
          ZipKernel kernel =
              simd
                  ? SimdLoops.compare(comparison, element)
                  : ScalarLoops.compare(comparison, element);
          kernel.run(x, 0, bytes, y, 0, bytes, out, 0, 1, count, 0, 0);
          for (int i = 0; i < count; i++) {
            double left = LaneMemory.get(element, x, i * bytes);
            double right = LaneMemory.get(element, y, i * bytes);
            assertEquals(
                holds(comparison, left, right) ? 1 : 0,
                out.get(java.lang.foreign.ValueLayout.JAVA_BYTE, i),
                left + " " + comparison + " " + right);
          }
        }
      }
    }
  }

  private static boolean holds(Comparison comparison, double left, double right) {
    return switch (comparison) {
      case LESS_THAN -> left < right;
      case LESS_OR_EQUAL -> left <= right;
      case GREATER -> left > right;
      case GREATER_OR_EQUAL -> left >= right;
      case EQUAL -> left == right;
      case NOT_EQUAL -> left != right;
    };
  }

  @Test
  void wrongArityIsNamed() {
    for (Element element : Element.values()) {
      assertEquals(
          "map: ADD has 2 operands",
          assertThrows(IllegalArgumentException.class, () -> SimdLoops.map(Lane.ADD, element))
              .getMessage());
      assertEquals(
          "ternary: EXP has 1 operands",
          assertThrows(IllegalArgumentException.class, () -> ScalarLoops.ternary(Lane.EXP, element))
              .getMessage());
    }
  }

  @Test
  void heapSegmentsAreRefused() {
    MemorySegment heap = MemorySegment.ofArray(new float[64]);
    assertEquals(
        "kernel: a segment is not native",
        assertThrows(
                IllegalArgumentException.class,
                () -> SimdLoops.map(Lane.NEG, Element.F32).run(heap, 0, 4, heap, 0, 4, 64, 0, 0))
            .getMessage());
  }
}
