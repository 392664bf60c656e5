package dev.lanewise.kernel;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Elementary functions to some forty digits, by their series: slow, and obviously right. */
final class LaneReference {
  private static final MathContext DIGITS = new MathContext(70, RoundingMode.HALF_EVEN);
  private static final BigDecimal ONE = BigDecimal.ONE;
  private static final BigDecimal TWO = BigDecimal.TWO;

  private static final BigDecimal LN2 = atanhTimesTwo(ONE.divide(BigDecimal.valueOf(3), DIGITS));
  private static final BigDecimal PI = pi();
  private static final BigDecimal ROOT_PI = PI.sqrt(DIGITS);
  private static final BigDecimal ROOT_TWO = TWO.sqrt(DIGITS);

  private LaneReference() {}

  /** e^x: the Taylor series of x / 256 less a multiple of ln 2. */
  static BigDecimal exp(BigDecimal x) {
    int n = x.divide(LN2, DIGITS).setScale(0, RoundingMode.HALF_EVEN).intValueExact();
    BigDecimal r = x.subtract(LN2.multiply(BigDecimal.valueOf(n))).divide(BigDecimal.valueOf(256));
    BigDecimal sum = ONE;
    BigDecimal term = ONE;
    for (int i = 1; i < 25; i++) {
      term = term.multiply(r, DIGITS).divide(BigDecimal.valueOf(i), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    for (int i = 0; i < 8; i++) {
      sum = sum.multiply(sum, DIGITS);
    }
    BigDecimal scale = TWO.pow(Math.abs(n), DIGITS);
    return n < 0 ? sum.divide(scale, DIGITS) : sum.multiply(scale, DIGITS);
  }

  /** ln x: Halley's iteration from a double. */
  static BigDecimal log(BigDecimal x) {
    BigDecimal y = new BigDecimal(Math.log(x.doubleValue()));
    for (int i = 0; i < 2; i++) {
      BigDecimal e = exp(y);
      y = y.add(TWO.multiply(x.subtract(e)).divide(x.add(e), DIGITS), DIGITS);
    }
    return y;
  }

  /** sin x for moderate x: the Taylor series of x less a multiple of 2 pi. */
  static BigDecimal sin(BigDecimal x) {
    BigDecimal turns = x.divide(TWO.multiply(PI), DIGITS).setScale(0, RoundingMode.HALF_EVEN);
    BigDecimal r = x.subtract(turns.multiply(TWO).multiply(PI), DIGITS);
    BigDecimal square = r.multiply(r, DIGITS);
    BigDecimal term = r;
    BigDecimal sum = r;
    for (int i = 2; i < 90; i += 2) {
      term = term.multiply(square, DIGITS).divide(BigDecimal.valueOf(-(long) i * (i + 1)), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    return sum;
  }

  static BigDecimal cos(BigDecimal x) {
    return sin(x.add(PI.divide(TWO), DIGITS));
  }

  /**
   * erf x for |x| up to 8: the series with positive terms, e^-x^2 sum of 2^k x^(2k+1) / (2k+1)!!.
   */
  static BigDecimal erf(BigDecimal x) {
    BigDecimal square = x.multiply(x, DIGITS);
    BigDecimal term = x;
    BigDecimal sum = x;
    for (int k = 1; k < 500; k++) {
      term = term.multiply(TWO).multiply(square, DIGITS).divide(odd(k), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    return TWO.multiply(exp(square.negate()), DIGITS).multiply(sum).divide(ROOT_PI, DIGITS);
  }

  /** 1 - erf x; by its continued fraction from 7 on. */
  static BigDecimal erfc(BigDecimal x) {
    if (x.compareTo(BigDecimal.valueOf(7)) < 0) {
      return ONE.subtract(erf(x));
    }
    BigDecimal fraction = x;
    for (int k = 200; k > 0; k--) {
      fraction = x.add(BigDecimal.valueOf(k).divide(TWO).divide(fraction, DIGITS), DIGITS);
    }
    BigDecimal bell = exp(x.multiply(x).negate());
    return bell.divide(ROOT_PI.multiply(fraction), DIGITS);
  }

  static BigDecimal expm1(BigDecimal x) {
    return exp(x).subtract(ONE);
  }

  static BigDecimal sigmoid(BigDecimal x) {
    return ONE.divide(ONE.add(exp(x.negate())), DIGITS);
  }

  static BigDecimal tanh(BigDecimal x) {
    BigDecimal e = expm1(x.multiply(TWO));
    return e.divide(e.add(TWO), DIGITS);
  }

  /** log(1 + e^x), by the series of the inverse hyperbolic tangent where e^x is small. */
  static BigDecimal softplus(BigDecimal x) {
    BigDecimal e = exp(x);
    return e.doubleValue() < 0.1 ? atanhTimesTwo(e.divide(e.add(TWO), DIGITS)) : log(ONE.add(e));
  }

  static BigDecimal gelu(BigDecimal x) {
    return x.multiply(erfc(x.negate().divide(ROOT_TWO, DIGITS))).divide(TWO);
  }

  static BigDecimal geluTanh(BigDecimal x) {
    BigDecimal cube = x.multiply(x).multiply(x).multiply(new BigDecimal("0.044715"));
    BigDecimal u = x.add(cube).multiply(TWO.divide(PI, DIGITS).sqrt(DIGITS));
    return x.multiply(sigmoid(u.multiply(TWO)), DIGITS);
  }

  /** log((1 + s) / (1 - s)). */
  private static BigDecimal atanhTimesTwo(BigDecimal s) {
    BigDecimal square = s.multiply(s, DIGITS);
    BigDecimal power = s;
    BigDecimal sum = s;
    for (int k = 1; k < 80; k++) {
      power = power.multiply(square, DIGITS);
      sum = sum.add(power.divide(odd(k), DIGITS), DIGITS);
    }
    return sum.multiply(TWO);
  }

  private static BigDecimal odd(int k) {
    return BigDecimal.valueOf(2L * k + 1);
  }

  /** Machin's formula, 16 atan(1/5) - 4 atan(1/239). */
  private static BigDecimal pi() {
    return atan(5)
        .multiply(BigDecimal.valueOf(16))
        .subtract(atan(239).multiply(BigDecimal.valueOf(4)));
  }

  private static BigDecimal atan(int inverse) {
    BigDecimal x = ONE.divide(BigDecimal.valueOf(inverse), DIGITS);
    BigDecimal square = x.multiply(x, DIGITS).negate();
    BigDecimal power = x;
    BigDecimal sum = x;
    for (int k = 1; k < 60; k++) {
      power = power.multiply(square, DIGITS);
      sum = sum.add(power.divide(odd(k), DIGITS), DIGITS);
    }
    return sum;
  }
}
