package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.scalar.ScalarLoops;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lane functions keep the error bounds that their descriptions state. The other provider has the
 * same bits, so the scalar one is measured: F64 against {@link LaneReference}, F32 against F64.
 */
class LaneAccuracyTest {
  private static final int BLOCK = 4096;

  /** A function with its largest errors in ulp and the range of random arguments in F64. */
  @SuppressWarnings("ImmutableEnumChecker")
  enum Function {
    EXP(1, 1.25, 1, -745, 709.7, LaneReference::exp),
    LOG(1, 1, 1, 1e-300, 10, LaneReference::log),
    TANH(2.5, 2.75, 2.5, -20, 20, LaneReference::tanh),
    SIGMOID(3, 3.25, 3, -745, 40, LaneReference::sigmoid),
    SOFTPLUS(2.25, 2.5, 2.25, -740, 40, LaneReference::softplus),
    SILU(3.5, 3.5, 3.5, -740, 40, x -> x.multiply(LaneReference.sigmoid(x))),
    GELU(8, 110, 8, -38, 9, LaneReference::gelu),
    GELU_TANH(200, 200, 8, -3, 3, LaneReference::geluTanh),
    ERF(1.25, 1.5, 1.25, -5, 5, LaneReference::erf),
    SIN(1.75, 1.75, 1.75, -100, 100, LaneReference::sin),
    COS(1.75, 1.75, 1.75, -100, 100, LaneReference::cos),
    ELU(1.25, 1.25, 1.25, -50, 2, x -> x.signum() > 0 ? x : LaneReference.expm1(x)),
    SELU(2.5, 2.5, 3, -50, 2, LaneAccuracyTest::selu),
    SQRT(0.5, 0.5, 0.5, 0, 10, x -> x.sqrt(MathContext.DECIMAL128)),
    RSQRT(1.5, 1.5, 1.5, 1e-3, 10, LaneAccuracyTest::rsqrt),
    RECIPROCAL(0.5, 0.5, 0.5, 1e-3, 10, x -> BigDecimal.ONE.divide(x, MathContext.DECIMAL128));

    private final double f32;
    private final double f32Unfused;
    private final double f64;
    private final double low;
    private final double high;
    private final UnaryOperator<BigDecimal> reference;

    Function(
        double f32,
        double f32Unfused,
        double f64,
        double low,
        double high,
        UnaryOperator<BigDecimal> reference) {
      this.f32 = f32;
      this.f32Unfused = f32Unfused;
      this.f64 = f64;
      this.low = low;
      this.high = high;
      this.reference = reference;
    }

    Lane lane() {
      return Lane.valueOf(name());
    }

    double f32Bound() {
      return Arithmetic.FMA ? f32 : f32Unfused;
    }

    /** Without fused multiply-add, an error of the square in an exponent of 700 stays. */
    double f64Bound() {
      boolean square = this == GELU;
      return Arithmetic.FMA || !square ? f64 + 0.25 : 800;
    }
  }

  private static BigDecimal selu(BigDecimal x) {
    BigDecimal scale = new BigDecimal("1.0507009873554804934193349852946");
    BigDecimal alpha = new BigDecimal("1.6732632423543772848170429916717");
    return scale.multiply(x.signum() > 0 ? x : alpha.multiply(LaneReference.expm1(x)));
  }

  private static BigDecimal rsqrt(BigDecimal x) {
    return BigDecimal.ONE.divide(x.sqrt(MathContext.DECIMAL128), MathContext.DECIMAL128);
  }

  private static void run(Lane lane, Element element, MemorySegment x, MemorySegment out, int n) {
    int bytes = element.bytes();
    ScalarLoops.map(lane, element).run(x, 0, bytes, out, 0, bytes, n, 1, 0);
  }

  /** Every {@code step}-th float of all, an odd step so that all exponents and endings occur. */
  private static void floats(Function function, long step) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(BLOCK * 4L);
      MemorySegment out = arena.allocate(BLOCK * 4L);
      MemorySegment wideX = arena.allocate(BLOCK * 8L);
      MemorySegment wideOut = arena.allocate(BLOCK * 8L);
      for (long bits = 0; bits < 1L << 32; ) {
        int n = 0;
        for (; n < BLOCK && bits < 1L << 32; n++, bits += step) {
          float number = Float.intBitsToFloat((int) bits);
          x.setAtIndex(ValueLayout.JAVA_FLOAT, n, number);
          wideX.setAtIndex(ValueLayout.JAVA_DOUBLE, n, number);
        }
        run(function.lane(), Element.F32, x, out, n);
        run(function.lane(), Element.F64, wideX, wideOut, n);
        for (int i = 0; i < n; i++) {
          float actual = out.getAtIndex(ValueLayout.JAVA_FLOAT, i);
          double expected = wideOut.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
          double error = ulps(actual, expected);
          if (!(error <= function.f32Bound())) {
            float argument = x.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            assertTrue(
                false,
                "%s(%s) = %s, not %s: %s ulp"
                    .formatted(function, argument, actual, expected, error));
          }
        }
      }
    }
  }

  private static double ulps(float actual, double expected) {
    float rounded = (float) expected;
    boolean overflow = Float.isInfinite(actual) && Math.abs(expected) > 0x1.fffffep127;
    if (overflow || Float.isNaN(rounded) || Float.isInfinite(rounded) || expected == 0) {
      boolean same = Float.floatToIntBits(actual) == Float.floatToIntBits(rounded);
      return same || overflow ? 0 : Double.POSITIVE_INFINITY;
    }
    return Math.abs(actual - expected) / Math.ulp(rounded);
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void floatsAgainstDoubles(Function function) {
    floats(function, 34567);
  }

  @Tag("soak")
  @ParameterizedTest
  @EnumSource(Function.class)
  void allFloatsAgainstDoubles(Function function) {
    floats(function, 1);
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void doublesAgainstReference(Function function) {
    Random random = new Random(5);
    int n = 120;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(n * 8L);
      MemorySegment out = arena.allocate(n * 8L);
      for (int i = 0; i < n; i++) {
        double low = i % 2 == 0 ? function.low : Math.max(function.low, -2);
        double high = i % 2 == 0 ? function.high : Math.min(function.high, 2);
        x.setAtIndex(ValueLayout.JAVA_DOUBLE, i, low + (high - low) * random.nextDouble());
      }
      run(function.lane(), Element.F64, x, out, n);
      for (int i = 0; i < n; i++) {
        double argument = x.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
        double actual = out.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
        BigDecimal expected = function.reference.apply(new BigDecimal(argument));
        double error =
            expected.subtract(new BigDecimal(actual)).abs().doubleValue()
                / Math.ulp(expected.doubleValue());
        assertTrue(
            error <= function.f64Bound(),
            "%s(%s) = %s: %s ulp".formatted(function, argument, actual, error));
      }
    }
  }

  /** Arguments of any size, against functions of the platform that are themselves within 1 ulp. */
  @ParameterizedTest
  @EnumSource(
      value = Function.class,
      names = {"EXP", "LOG", "TANH", "SIN", "COS"})
  void doublesAgainstStrictMath(Function function) {
    againstStrictMath(function, 100_000);
  }

  @Tag("soak")
  @ParameterizedTest
  @EnumSource(
      value = Function.class,
      names = {"EXP", "LOG", "TANH", "SIN", "COS"})
  void tenMillionDoublesAgainstStrictMath(Function function) {
    againstStrictMath(function, 10_000_000);
  }

  private static void againstStrictMath(Function function, int count) {
    DoubleUnaryOperator strict =
        switch (function) {
          case EXP -> StrictMath::exp;
          case LOG -> StrictMath::log;
          case TANH -> StrictMath::tanh;
          case SIN -> StrictMath::sin;
          case COS -> StrictMath::cos;
          default -> throw new IllegalArgumentException(function.name());
        };
    Random random = new Random(6);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(BLOCK * 8L);
      MemorySegment out = arena.allocate(BLOCK * 8L);
      for (int done = 0; done < count; done += BLOCK) {
        for (int i = 0; i < BLOCK; i++) {
          x.setAtIndex(ValueLayout.JAVA_DOUBLE, i, LaneMemory.random(Element.F64, random));
        }
        run(function.lane(), Element.F64, x, out, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
          double argument = x.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
          double actual = out.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
          double expected = strict.applyAsDouble(argument);
          boolean same = Double.doubleToLongBits(actual) == Double.doubleToLongBits(expected);
          double error = same ? 0 : Math.abs(actual - expected) / Math.ulp(expected);
          if (!(error <= function.f64Bound() + 1)) {
            assertEquals(expected, actual, function + "(" + argument + ")");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EXP, -Infinity, 0",
    "EXP, Infinity, Infinity",
    "EXP, 0, 1",
    "LOG, 0, -Infinity",
    "LOG, -0.0, -Infinity",
    "LOG, -1, NaN",
    "LOG, -Infinity, NaN",
    "LOG, Infinity, Infinity",
    "LOG, 1, 0",
    "TANH, Infinity, 1",
    "TANH, -Infinity, -1",
    "TANH, -0.0, -0.0",
    "SIGMOID, Infinity, 1",
    "SIGMOID, -Infinity, 0",
    "SIGMOID, 0, 0.5",
    "SILU, Infinity, Infinity",
    "SILU, -Infinity, -0.0",
    "SILU, -1e30, -0.0",
    "GELU, Infinity, Infinity",
    "GELU, -Infinity, -0.0",
    "GELU, -1e30, -0.0",
    "GELU_TANH, Infinity, Infinity",
    "GELU_TANH, -Infinity, -0.0",
    "GELU_TANH, 1e30, 1e30",
    "ERF, Infinity, 1",
    "ERF, -Infinity, -1",
    "ERF, -0.0, -0.0",
    "SIN, Infinity, NaN",
    "SIN, -0.0, -0.0",
    "COS, -Infinity, NaN",
    "COS, 0, 1",
    "ELU, -Infinity, -1",
    "ELU, -0.0, -0.0",
    "ELU, Infinity, Infinity",
    "SOFTPLUS, Infinity, Infinity",
    "SOFTPLUS, -Infinity, 0",
    "RELU, -1, 0",
    "RELU, Infinity, Infinity",
    "SQRT, -1, NaN",
    "SQRT, -0.0, -0.0",
    "RSQRT, 0, Infinity",
    "SIGN, -0.0, -0.0",
    "SIGN, -3, -1",
    "ABS, -0.0, 0"
  })
  void limits(Lane lane, double argument, double expected) {
    for (Element element : Element.values()) {
      double number = element == Element.F32 ? (float) expected : expected;
      assertEquals(number, apply(lane, element, argument, 1), lane + " " + element);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {
        "EXP", "LOG", "TANH", "SIGMOID", "SOFTPLUS", "SILU", "GELU", "GELU_TANH", "ERF", "SIN",
        "COS", "ELU", "SELU", "RELU", "LEAKY_RELU", "SQRT", "RSQRT", "RECIPROCAL", "SQUARE", "SIGN",
        "ABS", "NEG", "SCALE", "CLIP"
      })
  void notANumberStays(Lane lane) {
    for (Element element : Element.values()) {
      assertTrue(Double.isNaN(apply(lane, element, Double.NaN, 1)), lane + " " + element);
    }
  }

  private static double apply(Lane lane, Element element, double argument, double p) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(8);
      MemorySegment out = arena.allocate(8);
      LaneMemory.set(element, x, 0, argument);
      ScalarLoops.map(lane, element).run(x, 0, 0, out, 0, 0, 1, p, 2);
      return LaneMemory.get(element, out, 0);
    }
  }

  @Test
  void powersOfEdges() {
    for (double x : LaneMemory.edges(Element.F64)) {
      for (double y : LaneMemory.edges(Element.F64)) {
        power(Element.F64, x, y, 3);
      }
    }
    for (double x : LaneMemory.edges(Element.F32)) {
      for (double y : LaneMemory.edges(Element.F32)) {
        power(Element.F32, (float) x, (float) y, 2);
      }
    }
  }

  @Test
  void powersOfRandomNumbers() {
    Random random = new Random(9);
    for (int i = 0; i < 200_000; i++) {
      float x = Math.scalb(1 + random.nextFloat(), random.nextInt(i % 2 == 0 ? 200 : 1) - i % 2);
      float y = (float) ((random.nextDouble() * 2 - 1) * 100 / Math.log(x));
      power(Element.F32, x, y, 2);
      power(Element.F64, x + 1e-9, y * 7.0, 3);
    }
  }

  /** {@link StrictMath#pow} is within 1 ulp and right in every special case. */
  private static void power(Element element, double x, double y, double bound) {
    double expected = StrictMath.pow(x, y);
    if (element == Element.F32) {
      float actual = dev.lanewise.kernel.scalar.F32PowZip.lane((float) x, (float) y, 0, 0);
      assertTrue(ulps(actual, expected) <= bound, x + " ^ " + y + " = " + actual);
    } else {
      double actual = dev.lanewise.kernel.scalar.F64PowZip.lane(x, y, 0, 0);
      boolean same = Double.doubleToLongBits(actual) == Double.doubleToLongBits(expected);
      double error = same ? 0 : Math.abs(actual - expected) / Math.ulp(expected);
      assertTrue(error <= bound, x + " ^ " + y + " = " + actual + ", not " + expected);
    }
  }
}
