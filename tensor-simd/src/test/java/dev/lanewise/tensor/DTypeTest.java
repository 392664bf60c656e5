package dev.lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.kernel.Element;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DTypeTest {
  private static final List<DType> ALL =
      List.of(
          DType.F64, DType.F32, DType.I64, DType.I32, DType.I16, DType.I8, DType.U8, DType.BOOL);

  @Test
  void hasNameAndWidth() {
    assertEquals("[f64, f32, i64, i32, i16, i8, u8, bool]", ALL.toString());
    assertArrayEquals(
        new int[] {8, 4, 8, 4, 2, 1, 1, 1}, ALL.stream().mapToInt(DType::bytes).toArray());
    assertEquals(List.of(DType.F64, DType.F32), ALL.stream().filter(DType::isFloating).toList());
  }

  @Test
  void hasKernelsWhereItIsFloating() {
    assertEquals(Element.F32, DType.F32.element());
    assertEquals(Element.F64, DType.F64.element());
    assertEquals(
        "dtype: no arithmetic on i32: cast to f32 or f64",
        assertThrows(IllegalArgumentException.class, DType.I32::element).getMessage());
  }

  @Test
  void convertsAsAJavaCastDoes() {
    double[] given = {0, 1.9, -1.9, 127, 300, -300, 3e10, Double.NaN};
    double[][] expected = {
      given,
      {0, 1.9f, -1.9f, 127, 300, -300, 3e10f, Double.NaN},
      {0, 1, -1, 127, 300, -300, 3e10, 0},
      {0, 1, -1, 127, 300, -300, (int) 30_000_000_000L, 0},
      {0, 1, -1, 127, 300, -300, (short) 30_000_000_000L, 0},
      {0, 1, -1, 127, (byte) 300, (byte) -300, (byte) 30_000_000_000L, 0},
      {0, 1, 255, 127, 300 & 255, -300 & 255, (int) (30_000_000_000L % 256), 0},
      {0, 1, 1, 1, 1, 1, 1, 1}
    };
    try (Scope scope = Scope.open("test")) {
      for (int i = 0; i < expected.length; i++) {
        Tensor x = scope.empty(ALL.get(i), Shape.of(given.length));
        for (int j = 0; j < given.length; j++) {
          x.set(given[j], j);
        }
        double[] read = new double[given.length];
        Arrays.setAll(read, j -> x.value(j));
        assertArrayEquals(expected[i], read, ALL.get(i).name());
        assertEquals((long) read[2], x.longValue(2), ALL.get(i).name());
      }
    }
  }

  @Test
  void keepsAll64BitsOfALong() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.tensor(Shape.of(2), Long.MAX_VALUE, Long.MIN_VALUE + 1);
      assertEquals(Long.MAX_VALUE, x.longValue(0));
      assertEquals(Long.MIN_VALUE + 1, x.longValue(1));
    }
  }
}
