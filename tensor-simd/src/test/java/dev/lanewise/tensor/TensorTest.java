package dev.lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class TensorTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  private Tensor matrix() {
    return scope.tensor(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f);
  }

  @Test
  void describesItself() {
    Tensor x = matrix();
    assertEquals(DType.F32, x.dtype());
    assertEquals(Shape.of(2, 3), x.shape());
    assertEquals(2, x.rank());
    assertEquals(6, x.size());
    assertEquals(3, x.extent(-1));
    assertEquals(12, x.byteStride(0));
    assertEquals("f32 [2, 3]", x.spec().toString());
    assertSame(scope, x.scope());
    assertSame(scope.engine(), x.engine());
  }

  @Test
  void readsOneElement() {
    Tensor x = matrix();
    assertEquals(6, x.value(1, 2));
    assertEquals(6, x.longValue(1, 2));
    assertEquals(6, x.transpose().value(2, 1));
    assertEquals(7, scope.tensor(Shape.of(), 7.0).value());
    assertEquals(7, scope.tensor(Shape.of(1, 1), 7L).longValue());
    assertEquals(7, scope.tensor(Shape.of(1, 1), 7L).longValue(0, 0));
    assertEquals(
        "index: [2, 0] is outside shape [2, 3]",
        assertThrows(IndexOutOfBoundsException.class, () -> x.value(2, 0)).getMessage());
    refuses("index: 1 indices for shape [2, 3]", () -> x.value(0));
    refuses("index: 0 indices for shape [2, 3]", x::value);
  }

  @Test
  void writesElements() {
    Tensor x = matrix();
    x.set(9, 0, 1);
    assertArrayEquals(new float[] {1, 9, 3, 4, 5, 6}, x.toFloats());
    assertSame(x, x.copyFrom(6f, 5f, 4f, 3f, 2f, 1f));
    assertArrayEquals(new float[] {6, 5, 4, 3, 2, 1}, x.toFloats());
    assertSame(x, x.fill(2.5));
    assertArrayEquals(new float[] {2.5f, 2.5f, 2.5f, 2.5f, 2.5f, 2.5f}, x.toFloats());
    assertArrayEquals(new float[6], x.fill(0).toFloats());
    assertEquals(-0.0f, x.fill(-0.0).toFloats()[5]);
    assertEquals(Integer.MIN_VALUE, Float.floatToRawIntBits(x.toFloats()[5]), "a zero's sign");
  }

  @Test
  void writesThroughViews() {
    Tensor x = matrix();
    Tensor column = x.slice(1, 1, 2).reshape(2);
    column.copyFrom(8f, 9f);
    assertArrayEquals(new float[] {1, 8, 3, 4, 9, 6}, x.toFloats());
    x.transpose().copyFrom(1f, 2f, 3f, 4f, 5f, 6f);
    assertArrayEquals(new float[] {1, 3, 5, 2, 4, 6}, x.toFloats());
    column.fill(0);
    assertArrayEquals(new float[] {1, 0, 5, 2, 0, 6}, x.toFloats());
    x.reshape(3, 2).set(7, 2, 1);
    assertEquals(7, x.value(1, 2));
  }

  @Test
  void copiesInAndOutOfEveryType() {
    assertArrayEquals(
        new double[] {1, 2}, scope.empty(DType.F64, Shape.of(2)).copyFrom(1.0, 2).toDoubles());
    assertArrayEquals(
        new int[] {1, 2}, scope.empty(DType.I32, Shape.of(2)).copyFrom(1, 2).toInts());
    assertArrayEquals(
        new long[] {1, 2}, scope.empty(DType.I64, Shape.of(2)).copyFrom(1L, 2L).toLongs());
    byte[] bytes = {1, -2};
    assertArrayEquals(bytes, scope.empty(DType.U8, Shape.of(2)).copyFrom(bytes).toBytes());
    assertArrayEquals(bytes, scope.empty(DType.I8, Shape.of(2)).copyFrom(bytes).toBytes());
    assertEquals(254, scope.empty(DType.U8, Shape.of(2)).copyFrom(bytes).longValue(1));
    assertArrayEquals(
        new byte[] {1, 0}, scope.empty(DType.BOOL, Shape.of(2)).copyFrom(true, false).toBytes());
    float[] target = new float[6];
    matrix().transpose().copyTo(target);
    assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, target);
  }

  @Test
  void refusesToCopyWhatDoesNotFit() {
    Tensor x = matrix();
    refuses("copyFrom: 2 values of f32 do not fit: f32 [2, 3]", () -> x.copyFrom(1f, 2f));
    refuses("copyFrom: 6 values of f64 do not fit: f32 [2, 3]", () -> x.copyFrom(new double[6]));
    refuses("copyFrom: 6 values of u8 do not fit: f32 [2, 3]", () -> x.copyFrom(new byte[6]));
    refuses("copyFrom: 6 values of bool do not fit: f32 [2, 3]", () -> x.copyFrom(new boolean[6]));
    refuses("copyTo: f64 asked: f32 [2, 3]: cast first", x::toDoubles);
    refuses("copyTo: i32 asked: f32 [2, 3]: cast first", x::toInts);
    refuses("copyTo: i64 asked: f32 [2, 3]: cast first", x::toLongs);
    refuses("copyTo: u8 asked: f32 [2, 3]: cast first", x::toBytes);
    refuses("copyTo: an array of 5 does not fit: f32 [2, 3]", () -> x.copyTo(new float[5]));
    Tensor y = scope.zeros(DType.F32, Shape.of(3, 2));
    Tensor z = scope.zeros(DType.F64, Shape.of(2, 3));
    refuses("copyInto: types or shapes differ: f32 [2, 3] x f32 [3, 2]", () -> x.copyInto(y));
    refuses("copyInto: types or shapes differ: f32 [2, 3] x f64 [2, 3]", () -> x.copyInto(z));
  }

  @Test
  void copiesToAnotherScope() {
    try (Scope other = Scope.open("other")) {
      Tensor x = matrix();
      Tensor copy = x.transpose().copyTo(other);
      assertSame(other, copy.scope());
      assertTrue(copy.layout().isContiguous());
      x.fill(0);
      assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, copy.toFloats());
      Tensor target = other.zeros(DType.F32, Shape.of(2, 3));
      assertSame(target, copy.transpose().copyInto(target));
      assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, target.toFloats());
      assertFalse(x.tracked().copyTo(other).isTracked());
    }
  }

  @Test
  void copiesOverItself() {
    Tensor x = matrix();
    assertSame(x, x.copyInto(x));
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, x.toFloats());
    Tensor square = x.slice(1, 0, 2);
    square.transpose().copyInto(square);
    assertArrayEquals(new float[] {1, 4, 3, 2, 5, 6}, x.toFloats());
    x.slice(1, 0, 2).copyInto(x.slice(1, 1, 3));
    assertArrayEquals(new float[] {1, 1, 4, 2, 2, 5}, x.toFloats());
  }

  @Test
  void isTrackedOnRequest() {
    Tensor x = matrix();
    assertFalse(x.isTracked());
    assertTrue(x.tracked().isTracked());
    assertTrue(x.tracked().origin().isLeaf());
    assertTrue(x.tracked().mul(2).isTracked());
    assertFalse(x.mul(2).isTracked());
    assertFalse(x.tracked().untracked().isTracked());
    assertSame(x, x.untracked());
    Tensor index = scope.tensor(Shape.of(2), 1, 2);
    refuses("tracked: no gradients for i32: i32 [2]", index::tracked);
  }

  @Test
  void refusesBadAxesAndShapes() {
    Tensor x = matrix();
    refuses("reshape: no [4] from 6 elements: [2, 3]", () -> x.reshape(4));
    refuses("reshape: no [4, -1] from 6 elements: [2, 3]", () -> x.reshape(4, -1));
    assertEquals(Shape.of(3, 2), x.reshape(3, -1).shape());
    assertEquals(Shape.of(3, 2), x.reshape(Shape.of(3, 2)).shape());
    assertEquals(Shape.of(2, 2, 3), x.expand(2, 2, 3).shape());
    assertEquals(Shape.of(2, 1), x.slice(1, 2, 3).shape());
  }

  @Test
  void fluentMethodsAreTheOperators() {
    Tensor x = scope.tensor(Shape.of(2), 4.0, 9.0);
    Tensor y = scope.tensor(Shape.of(2), 2.0, -3.0);
    assertArrayEquals(new double[] {6, 6}, x.add(y).toDoubles());
    assertArrayEquals(new double[] {2, 12}, x.sub(y).toDoubles());
    assertArrayEquals(new double[] {8, -27}, x.mul(y).toDoubles());
    assertArrayEquals(new double[] {2, -3}, x.div(y).toDoubles());
    assertArrayEquals(new double[] {5, 10}, x.add(1).toDoubles());
    assertArrayEquals(new double[] {3, 8}, x.sub(1).toDoubles());
    assertArrayEquals(new double[] {8, 18}, x.mul(2).toDoubles());
    assertArrayEquals(new double[] {2, 4.5}, x.div(2).toDoubles());
    assertArrayEquals(new double[] {-2, 3}, y.neg().toDoubles());
    assertArrayEquals(new double[] {2, 3}, x.sqrt().toDoubles());
    assertArrayEquals(new double[] {4, 9}, y.square().toDoubles());
    assertArrayEquals(new double[] {2, 0}, y.relu().toDoubles());
    assertEquals(13, x.sum().value());
    assertEquals(6.5, x.mean().value());
    assertEquals(9, x.max().value());
    assertEquals(4, x.min().value());
    assertEquals(1, x.argmax(0).longValue());
    assertEquals(-19, x.reshape(1, 2).matmul(y.reshape(2, 1)).value());
    assertArrayEquals(new float[] {4, 9}, x.cast(DType.F32).toFloats());
    assertEquals(1, x.softmax(0).sum().value(), Math.ulp(1.0));
    assertEquals(Math.exp(1), scope.tensor(Shape.of(), 1.0).exp().value(), Math.ulp(3.0));
    assertEquals(Math.log(4), x.log().value(0), Math.ulp(2.0));
    assertEquals(Math.tanh(2), y.tanh().value(0), Math.ulp(1.0));
    assertEquals(1 / (1 + Math.exp(-2)), y.sigmoid().value(0), Math.ulp(1.0));
  }
}
