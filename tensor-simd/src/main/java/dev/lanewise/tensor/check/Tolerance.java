package dev.lanewise.tensor.check;

import dev.lanewise.tensor.DType;
import java.util.Locale;

/**
 * How far a computed number may be from the expected one: one of four kinds, so that no test brings
 * a number of its own making.
 *
 * <ul>
 *   <li>{@link #EXACT}: the expected number, rounded to the element type
 *   <li>{@link #ulps}: that many units in the last place of the expected number, for functions of
 *       one element
 *   <li>{@link #sum}: a few roundings of the sum of the magnitudes that were added up, for sums of
 *       products, whose terms may cancel
 *   <li>{@link #gradient}: what central differences in F64 can tell
 * </ul>
 *
 * <p>NaN is as good as NaN, zeros of either sign are equal, and an infinity must be that infinity.
 * What is too large for the element type is expected to be infinite. Immutable.
 */
public final class Tolerance {
  /** The expected number, rounded to the element type. */
  public static final Tolerance EXACT = new Tolerance(Kind.EXACT, 0);

  private static final Tolerance SUM = new Tolerance(Kind.SUM, 8);
  private static final Tolerance GRADIENT = new Tolerance(Kind.GRADIENT, 1e-6);

  private enum Kind {
    EXACT,
    ULPS,
    SUM,
    GRADIENT
  }

  private final Kind kind;
  private final double amount;

  private Tolerance(Kind kind, double amount) {
    this.kind = kind;
    this.amount = amount;
  }

  /** At most {@code count} units in the last place of the expected number, in the element type. */
  public static Tolerance ulps(double count) {
    if (!(count > 0)) {
      throw new IllegalArgumentException("tolerance: ulps expected to be positive, not " + count);
    }
    return new Tolerance(Kind.ULPS, count);
  }

  /**
   * {@code |error| <= 8 eps sum|a * b|}, where {@code eps} is the element type's spacing at one and
   * the sum is over the terms that were added up: the {@code magnitude} of {@link #allows}.
   */
  public static Tolerance sum() {
    return SUM;
  }

  /** {@code |error| <= 1e-6 max(1, |expected|)}: central differences of a function in F64. */
  public static Tolerance gradient() {
    return GRADIENT;
  }

  /** Whether {@link #allows} reads its {@code magnitude}. */
  public boolean needsMagnitude() {
    return kind == Kind.SUM;
  }

  /**
   * Whether {@code actual} may stand for {@code expected}.
   *
   * @param dtype the element type that {@code actual} was computed in
   * @param expected the true number, or one much closer to it
   * @param actual the number to judge
   * @param magnitude the sum of the magnitudes of all terms; read by {@link #sum} only
   */
  public boolean allows(DType dtype, double expected, double actual, double magnitude) {
    double target = round(dtype, expected);
    if (target == actual || (Double.isNaN(target) && Double.isNaN(actual))) {
      return true;
    }
    if (!Double.isFinite(expected)) {
      return false;
    }
    double bound = bound(dtype, expected, magnitude);
    if (Double.isInfinite(actual)) {
      // The bound may reach beyond the greatest finite number.
      return Double.isInfinite(round(dtype, expected + Math.copySign(bound, actual)))
          && Math.signum(expected) == Math.signum(actual);
    }
    return Math.abs(actual - expected) <= bound;
  }

  private double bound(DType dtype, double expected, double magnitude) {
    return switch (kind) {
      case EXACT -> 0;
      case ULPS -> amount * ulp(dtype, expected);
      case SUM -> amount * ulp(dtype, 1) * magnitude;
      case GRADIENT -> amount * Math.max(1, Math.abs(expected));
    };
  }

  private static double round(DType dtype, double value) {
    return dtype.equals(DType.F32) ? (float) value : value;
  }

  private static double ulp(DType dtype, double value) {
    return dtype.equals(DType.F32) ? Math.ulp((float) value) : Math.ulp(value);
  }

  /**
   * The error of {@code actual} and what this tolerance allows, as a failing check reports them.
   */
  public String describe(DType dtype, double expected, double actual, double magnitude) {
    return String.format(
        Locale.ROOT,
        "%s expected, %s computed in %s: off by %.3g (%.3g ulps), %s allows %.3g",
        round(dtype, expected),
        actual,
        dtype,
        Math.abs(actual - expected),
        Math.abs(actual - expected) / ulp(dtype, expected),
        this,
        bound(dtype, expected, magnitude));
  }

  @Override
  public String toString() {
    return switch (kind) {
      case EXACT -> "exact";
      case ULPS -> "ulps(" + amount + ")";
      case SUM -> "sum()";
      case GRADIENT -> "gradient()";
    };
  }
}
