package dev.lanewise.tensor.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.DType;
import org.junit.jupiter.api.Test;

final class ToleranceTest {
  private static final double THIRD = 1.0 / 3;

  private static boolean allows(Tolerance tolerance, DType dtype, double expected, double actual) {
    return tolerance.allows(dtype, expected, actual, 0);
  }

  @Test
  void exactIsTheRoundedNumber() {
    assertTrue(allows(Tolerance.EXACT, DType.F32, THIRD, (float) THIRD));
    assertFalse(allows(Tolerance.EXACT, DType.F32, THIRD, Math.nextUp((float) THIRD)));
    assertFalse(allows(Tolerance.EXACT, DType.F64, THIRD, (float) THIRD));
    assertTrue(allows(Tolerance.EXACT, DType.F64, THIRD, THIRD));
    assertTrue(allows(Tolerance.EXACT, DType.I64, 7, 7));
    assertFalse(allows(Tolerance.EXACT, DType.I64, 7, 8));
  }

  @Test
  void zerosAreEqualAndNanIsNan() {
    for (Tolerance tolerance :
        new Tolerance[] {
          Tolerance.EXACT, Tolerance.ulps(2), Tolerance.sum(), Tolerance.gradient()
        }) {
      assertTrue(allows(tolerance, DType.F32, 0, -0.0));
      assertTrue(allows(tolerance, DType.F32, Double.NaN, Double.NaN));
      assertFalse(allows(tolerance, DType.F32, 1, Double.NaN));
      assertFalse(allows(tolerance, DType.F32, Double.NaN, 1));
      assertFalse(allows(tolerance, DType.F32, 1, Double.POSITIVE_INFINITY));
      assertFalse(allows(tolerance, DType.F32, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
      assertFalse(allows(tolerance, DType.F32, Double.POSITIVE_INFINITY, Float.MAX_VALUE));
      assertTrue(allows(tolerance, DType.F32, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY));
      assertTrue(allows(tolerance, DType.F32, 1e300, Double.POSITIVE_INFINITY), "overflows f32");
    }
  }

  @Test
  void ulpsAreOfTheExpectedNumber() {
    float up = Math.nextUp(1f);
    assertTrue(allows(Tolerance.ulps(1), DType.F32, 1, up));
    assertFalse(allows(Tolerance.ulps(1), DType.F32, 1, Math.nextUp(up)));
    assertFalse(allows(Tolerance.ulps(1), DType.F64, 1, up));
    assertTrue(allows(Tolerance.ulps(1), DType.F32, 0, Float.MIN_VALUE));
    assertTrue(
        allows(Tolerance.ulps(2), DType.F32, Float.MAX_VALUE, Double.POSITIVE_INFINITY),
        "the next number after the greatest");
    assertFalse(allows(Tolerance.ulps(2), DType.F32, Float.MAX_VALUE, Double.NEGATIVE_INFINITY));
    assertFalse(
        allows(Tolerance.ulps(2), DType.F32, Float.MAX_VALUE / 2, Double.POSITIVE_INFINITY));
    assertEquals(
        "tolerance: ulps expected to be positive, not 0.0",
        assertThrows(IllegalArgumentException.class, () -> Tolerance.ulps(0)).getMessage());
  }

  @Test
  void sumGrowsWithWhatWasAddedUp() {
    double eps = Math.ulp(1f);
    assertTrue(Tolerance.sum().allows(DType.F32, 0, 8 * eps * 100, 100));
    assertFalse(Tolerance.sum().allows(DType.F32, 0, 8.1 * eps * 100, 100));
    assertFalse(Tolerance.sum().allows(DType.F64, 0, eps, 100));
    assertTrue(Tolerance.sum().needsMagnitude());
    assertFalse(Tolerance.ulps(1).needsMagnitude());
  }

  @Test
  void gradientIsRelativeFromOneOn() {
    assertTrue(allows(Tolerance.gradient(), DType.F64, 0, 1e-6));
    assertFalse(allows(Tolerance.gradient(), DType.F64, 0, 1.1e-6));
    assertTrue(allows(Tolerance.gradient(), DType.F64, 1000, 1000.0009));
    assertFalse(allows(Tolerance.gradient(), DType.F64, 1000, 1000.0011));
  }

  @Test
  void describesTheError() {
    assertEquals(
        "1.0 expected, 1.5 computed in f32: off by 0.500 (4.19e+06 ulps), ulps(2.0) allows"
            + " 2.38e-07",
        Tolerance.ulps(2).describe(DType.F32, 1, 1.5, 0));
    assertEquals("exact", Tolerance.EXACT.toString());
    assertEquals("sum()", Tolerance.sum().toString());
    assertEquals("gradient()", Tolerance.gradient().toString());
  }
}
