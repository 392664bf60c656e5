package dev.lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every expected text is what NumPy 2.4.6 prints for that array. */
final class TensorTextTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor f32(double... values) {
    return Placement.write(scope.empty(DType.F32, Shape.of(values.length)), values);
  }

  private Tensor f64(double... values) {
    return scope.tensor(Shape.of(values.length), values);
  }

  private static void prints(String expected, Tensor tensor) {
    assertEquals(expected, tensor.toString());
  }

  @Test
  void alignsThePoints() {
    prints("[[1. 2.]\n [3. 4.]]", f32(1, 2, 3, 4).reshape(2, 2));
    prints("[ 0.1 -2. ]", f64(0.1, -2));
    prints("[100.     1.5  -20.25]", f64(100, 1.5, -20.25));
    prints("[1000.    1.]", f64(1000, 1));
    prints("[ 0. -0.]", f64(0, -0.0));
    prints("[0.0001 0.0999]", f64(0.0001, 0.0999));
    prints("[0.0001]", f32(0.0001));
    prints("[99999999.]", f64(99_999_999));
    prints("[999999.5]", f32(999_999.5));
  }

  @Test
  void showsTheFewestDigitsButEightAtMost() {
    prints("[0.33333333 0.66666667]", f64(1.0 / 3, 2.0 / 3));
    prints("[0.33333334 0.6666667 ]", f32(1.0 / 3, 2.0 / 3));
    prints("[0.00195312]", f64(0.001953125));
  }

  @Test
  void usesExponentsWhereMagnitudesAreFarApart() {
    prints("[1.e+00 1.e+05]", f64(1, 1e5));
    prints("[1.e+05 2.e+00]", f64(1e5, 2));
    prints("[1.00e-05 1.25e+00]", f64(1e-5, 1.25));
    prints("[1.e+10 1.e-05]", f64(1e10, 1e-5));
    prints("[1.e-100 1.e+005]", f64(1e-100, 1e5));
    prints("[1.e+08]", f64(1e8));
    prints("[1.e+06]", f32(1e6));
    prints("[9.e-05]", f64(0.00009));
    prints("[1.001e+03 1.000e+00]", f64(1001, 1));
    prints("[5.e-324 1.e+000]", f64(Double.MIN_VALUE, 1));
    prints("[1.e-45]", f32(Float.MIN_VALUE));
    prints("[8.3923611e-11 1.2973636e-10]", f32(8.392361e-11, 1.2973636e-10));
  }

  @Test
  void printsWhatIsNotFinite() {
    prints("[ 1. nan]", f64(1, Double.NaN));
    prints("[nan inf]", f64(Double.NaN, Double.POSITIVE_INFINITY));
    prints("[-inf  nan  1.5]", f64(Double.NEGATIVE_INFINITY, Double.NaN, 1.5));
    prints("[1.e+100     nan    -inf]", f64(1e100, Double.NaN, Double.NEGATIVE_INFINITY));
    prints("[1.e-300     inf]", f64(1e-300, Double.POSITIVE_INFINITY));
  }

  @Test
  void printsScalarsAsNumbers() {
    double[] values = {
      1,
      -0.0,
      1.0 / 3,
      1e15,
      1e16,
      1e-4,
      9.9e-5,
      1.5e-7,
      Double.NaN,
      Double.NEGATIVE_INFINITY,
      123_456,
      1e6,
      16_777_216
    };
    String[] double64 = {
      "1.0",
      "-0.0",
      "0.3333333333333333",
      "1000000000000000.0",
      "1e+16",
      "0.0001",
      "9.9e-05",
      "1.5e-07",
      "nan",
      "-inf",
      "123456.0",
      "1000000.0",
      "16777216.0"
    };
    String[] double32 = {
      "1.0",
      "-0.0",
      "0.33333334",
      "1e+15",
      "1e+16",
      "1e-04",
      "9.9e-05",
      "1.5e-07",
      "nan",
      "-inf",
      "123456.0",
      "1e+06",
      "1.6777216e+07"
    };
    for (int i = 0; i < values.length; i++) {
      prints(double64[i], f64(values[i]).reshape());
      prints(double32[i], f32(values[i]).reshape());
    }
    prints("True", scope.tensor(Shape.of(), true));
    prints("-7", scope.tensor(Shape.of(), -7));
  }

  @Test
  void printsIntegersAndBooleans() {
    prints("[ True  True]", scope.tensor(Shape.of(2), true, true));
    prints("[ True False]", scope.tensor(Shape.of(2), true, false));
    prints(
        "[-128    5  127]",
        Placement.write(scope.empty(DType.I8, Shape.of(3)), new double[] {-128, 5, 127}));
    prints("[200   5]", Placement.write(scope.empty(DType.U8, Shape.of(2)), new double[] {200, 5}));
    prints(
        "[-9223372036854775808                    1]",
        scope.tensor(Shape.of(2), Long.MIN_VALUE, 1));
  }

  @Test
  void printsWhatIsEmpty() {
    prints("[]", scope.zeros(DType.F32, Shape.of(0, 3)));
    prints("[]", scope.zeros(DType.I64, Shape.of(2, 0)));
  }

  @Test
  void nestsBrackets() {
    prints(
        """
        [[[ 0.  1.  2.  3.]
          [ 4.  5.  6.  7.]
          [ 8.  9. 10. 11.]]

         [[12. 13. 14. 15.]
          [16. 17. 18. 19.]
          [20. 21. 22. 23.]]]\
        """,
        scope.range(DType.F32, 24).reshape(2, 3, 4));
  }

  @Test
  void printsViewsInTheirOwnOrder() {
    Tensor every =
        Placement.view(
            scope.range(DType.F64, 12), Layout.contiguous(Shape.of(3, 4)).slice(0, 0, 2, 2));
    prints("[[ 0.  8.]\n [ 1.  9.]\n [ 2. 10.]\n [ 3. 11.]]", every.transpose());
  }

  @Test
  void breaksLinesAt75Columns() {
    long[] thousands = new long[30];
    Arrays.setAll(thousands, i -> 1000L * i);
    prints(
        """
        [    0  1000  2000  3000  4000  5000  6000  7000  8000  9000 10000 11000
         12000 13000 14000 15000 16000 17000 18000 19000 20000 21000 22000 23000
         24000 25000 26000 27000 28000 29000]\
        """,
        scope.tensor(Shape.of(30), thousands));
    double[] sevenths = new double[44];
    Arrays.setAll(sevenths, i -> i / 7.0);
    prints(
        """
        [[[0.         0.14285714 0.28571429 0.42857143 0.57142857 0.71428571
           0.85714286 1.         1.14285714 1.28571429 1.42857143 1.57142857
           1.71428571 1.85714286 2.         2.14285714 2.28571429 2.42857143
           2.57142857 2.71428571 2.85714286 3.        ]
          [3.14285714 3.28571429 3.42857143 3.57142857 3.71428571 3.85714286
           4.         4.14285714 4.28571429 4.42857143 4.57142857 4.71428571
           4.85714286 5.         5.14285714 5.28571429 5.42857143 5.57142857
           5.71428571 5.85714286 6.         6.14285714]]]\
        """,
        f64(sevenths).reshape(1, 2, 22));
    double[] quarters = new double[13];
    Arrays.setAll(quarters, i -> (i + 1) * -1.25);
    prints(
        "[ -1.25  -2.5   -3.75  -5.    -6.25  -7.5   -8.75 -10.   -11.25 -12.5\n"
            + " -13.75 -15.   -16.25]",
        f32(quarters));
  }

  @Test
  void leavesOutTheMiddleAboveAThousandElements() {
    prints("[   0    1    2 ...  998  999 1000]", scope.range(DType.I64, 1001));
    prints(
        """
        [[0.000e+00 1.000e+00 2.000e+00 ... 9.700e+01 9.800e+01 9.900e+01]
         [1.000e+02 1.010e+02 1.020e+02 ... 1.970e+02 1.980e+02 1.990e+02]
         [2.000e+02 2.010e+02 2.020e+02 ... 2.970e+02 2.980e+02 2.990e+02]
         ...
         [9.700e+03 9.701e+03 9.702e+03 ... 9.797e+03 9.798e+03 9.799e+03]
         [9.800e+03 9.801e+03 9.802e+03 ... 9.897e+03 9.898e+03 9.899e+03]
         [9.900e+03 9.901e+03 9.902e+03 ... 9.997e+03 9.998e+03 9.999e+03]]\
        """,
        scope.range(DType.F32, 10_000).reshape(100, 100));
    prints(
        """
        [[[   0    1    2 ...   97   98   99]
          [ 100  101  102 ...  197  198  199]
          [ 200  201  202 ...  297  298  299]
          ...
          [ 400  401  402 ...  497  498  499]
          [ 500  501  502 ...  597  598  599]
          [ 600  601  602 ...  697  698  699]]

         [[ 700  701  702 ...  797  798  799]
          [ 800  801  802 ...  897  898  899]
          [ 900  901  902 ...  997  998  999]
          ...
          [1100 1101 1102 ... 1197 1198 1199]
          [1200 1201 1202 ... 1297 1298 1299]
          [1300 1301 1302 ... 1397 1398 1399]]]\
        """,
        scope.range(DType.I64, 1400).reshape(2, 7, 100));
  }
}
