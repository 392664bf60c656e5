package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import org.junit.jupiter.api.Test;

/** The rule for the memory order of results. */
final class ElementwiseTest {
  private static final Shape SHAPE = Shape.of(2, 3, 4, 5);
  private static final Layout ROW_MAJOR = Layout.contiguous(SHAPE);
  private static final Layout CHANNELS_LAST = Layout.dense(SHAPE, 0, 2, 3, 1);

  @Test
  void keepsTheOrderOfTheFirstDenseOperandOfTheFullShape() {
    Layout bias = Layout.contiguous(Shape.of(3, 1, 1));
    Layout gaps = Layout.contiguous(Shape.of(2, 3, 4, 9)).slice(3, 2, 1, 5);
    assertEquals(CHANNELS_LAST, result(CHANNELS_LAST, ROW_MAJOR));
    assertEquals(ROW_MAJOR, result(ROW_MAJOR, CHANNELS_LAST));
    assertEquals(CHANNELS_LAST, result(bias, CHANNELS_LAST));
    assertEquals(CHANNELS_LAST, result(gaps, CHANNELS_LAST));
    assertEquals(ROW_MAJOR, result(gaps, bias));
  }

  @Test
  void isRowMajorWhereNoOperandHasTheFullShape() {
    Layout column = Layout.contiguous(Shape.of(3, 1));
    Layout row = Layout.contiguous(Shape.of(4));
    assertEquals(Layout.contiguous(Shape.of(3, 4)), result(column, row));
  }

  @Test
  void closesGapsBeforeTheFirstElement() {
    Layout tail = Layout.contiguous(Shape.of(5, 3)).slice(0, 2, 1, 3);
    assertEquals(Layout.contiguous(Shape.of(3, 3)), result(tail, tail));
  }

  private static Layout result(Layout x, Layout y) {
    Specs in = Specs.of(new Spec(DType.F32, x), new Spec(DType.F32, y));
    return Elementwise.infer("test", in, 2).first().layout();
  }
}
