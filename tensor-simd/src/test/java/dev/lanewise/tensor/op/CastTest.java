package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Placement;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class CastTest extends OpContract {
  private static final List<DType> TYPES =
      List.of(
          DType.F64, DType.F32, DType.I64, DType.I32, DType.I16, DType.I8, DType.U8, DType.BOOL);

  @Override
  List<OpCase> cases() {
    return List.of(
        cast(DType.F64, x -> x).smooth(),
        whole(DType.I64, x -> (long) x),
        whole(DType.I32, x -> (int) x),
        whole(DType.I16, x -> Math.clamp((long) x, Short.MIN_VALUE, Short.MAX_VALUE)),
        whole(DType.I8, x -> Math.clamp((long) x, Byte.MIN_VALUE, Byte.MAX_VALUE)),
        whole(DType.U8, x -> Math.clamp((long) x, 0, 255)),
        whole(DType.BOOL, x -> x != 0 ? 1 : 0));
  }

  private static OpCase cast(DType target, DoubleUnaryOperator oracle) {
    Domain bytes = Domain.of(null, CastTest::bytes).anyType();
    return unary(new Cast(target), bytes, Tolerance.EXACT, oracle);
  }

  private static OpCase whole(DType target, DoubleUnaryOperator oracle) {
    return cast(target, oracle).withoutGradient("to integers, which jump");
  }

  /** Numbers that every type but bool can hold, apart from their fractions. */
  private static void bytes(SplittableRandom random, Shape[] shapes, int input, double[] values) {
    Arrays.setAll(values, i -> random.nextDouble(0, 127));
  }

  static List<DType> types() {
    return TYPES;
  }

  @ParameterizedTest
  @MethodSource("types")
  void keepsWhatBothTypesCanHold(DType source) {
    try (Scope scope = Scope.open("cast")) {
      for (DType target : TYPES) {
        boolean bool = source.equals(DType.BOOL) || target.equals(DType.BOOL);
        Tensor x =
            Placement.write(
                scope.empty(source, Shape.of(2, 3)), new double[] {0, 1, 2, 3, 126, 127});
        double[] expected =
            bool ? new double[] {0, 1, 1, 1, 1, 1} : new double[] {0, 1, 2, 3, 126, 127};
        assertArrayEquals(expected, Placement.values(x.cast(target)), source + " to " + target);
        assertArrayEquals(
            new double[] {expected[1], expected[4]},
            Placement.values(x.slice(1, 1, 2).reshape(2).cast(target)),
            source + " to " + target + ", every third");
        assertEquals(target, x.cast(target).dtype());
      }
    }
  }

  @Test
  void cutsFractionsAndStaysInRange() {
    try (Scope scope = Scope.open("cast")) {
      for (DType source : List.of(DType.F32, DType.F64)) {
        Tensor x =
            Placement.write(
                scope.empty(source, Shape.of(7)),
                new double[] {-1.75, 2.75, 1e30, -1e30, Double.NaN, 300, -0.0});
        assertArrayEquals(
            new long[] {-1, 2, Long.MAX_VALUE, Long.MIN_VALUE, 0, 300, 0},
            x.cast(DType.I64).toLongs());
        assertArrayEquals(
            new int[] {-1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE, 0, 300, 0},
            x.cast(DType.I32).toInts());
        assertArrayEquals(
            new double[] {-1, 2, 32767, -32768, 0, 300, 0}, Placement.values(x.cast(DType.I16)));
        assertArrayEquals(
            new double[] {-1, 2, 127, -128, 0, 127, 0}, Placement.values(x.cast(DType.I8)));
        assertArrayEquals(
            new double[] {0, 2, 255, 0, 0, 255, 0}, Placement.values(x.cast(DType.U8)));
        assertArrayEquals(new double[] {1, 1, 1, 1, 1, 1, 0}, Placement.values(x.cast(DType.BOOL)));
      }
    }
  }

  @Test
  void keepsTheLowBitsOfIntegers() {
    try (Scope scope = Scope.open("cast")) {
      Tensor x = scope.tensor(Shape.of(3), 0x1_0000_0001L, -1L, 0x8080L);
      assertArrayEquals(new int[] {1, -1, 0x8080}, x.cast(DType.I32).toInts());
      assertArrayEquals(new double[] {1, 255, 128}, Placement.values(x.cast(DType.U8)));
      assertArrayEquals(new double[] {1, -1, -128}, Placement.values(x.cast(DType.I8)));
      assertArrayEquals(new double[] {1, -1, -32640}, Placement.values(x.cast(DType.I16)));
    }
  }

  @Test
  void roundsToTheNearestOnce() {
    try (Scope scope = Scope.open("cast")) {
      // Halfway between two floats and a little more, which a double cannot tell from halfway.
      long number = (1L << 60) + (1L << 36) + 1;
      Tensor x = scope.tensor(Shape.of(2), number, 1L << 60);
      assertArrayEquals(new float[] {(float) number, 0x1p60f}, x.cast(DType.F32).toFloats());
      Tensor wide = scope.tensor(Shape.of(2), 0.1, 1e300);
      assertArrayEquals(
          new float[] {0.1f, Float.POSITIVE_INFINITY}, wide.cast(DType.F32).toFloats());
    }
  }

  @Test
  void passesTheGradientBetweenFloatingTypes() {
    try (Scope scope = Scope.open("cast")) {
      Tensor x = scope.tensor(Shape.of(2), 0.5, -2.0).tracked();
      Tensor grad = Gradients.of(x.cast(DType.F32).square().sum()).get(x);
      assertArrayEquals(new double[] {1, -4}, grad.toDoubles());
    }
  }

  @Test
  void refusesTypesItHasNoLoopsFor() {
    try (Scope scope = Scope.open("cast")) {
      DType half = new DType("f16", DType.Kind.FLOAT, 16);
      DType wide = new DType("u32", DType.Kind.UNSIGNED, 32);
      Tensor x = scope.zeros(DType.F32, Shape.of(2));
      assertEquals(
          "cast: no conversion from f32 to f16: [2]",
          assertThrows(IllegalArgumentException.class, () -> x.cast(half)).getMessage());
      assertEquals(
          "cast: no conversion from f32 to u32: [2]",
          assertThrows(IllegalArgumentException.class, () -> x.cast(wide)).getMessage());
    }
  }
}
