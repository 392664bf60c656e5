package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OneHotTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        oneHot(new OneHot(DType.F32, 5), DType.I64)
            .rejects("oneHot: i32 or i64 expected for operand 0, not f32: [2]", Shape.of(2)),
        oneHot(new OneHot(DType.F64, 19), DType.I32));
  }

  private static OpCase oneHot(OneHot op, DType dtype) {
    int depth = (int) op.depth();
    return op(
            op,
            Tolerance.EXACT,
            Shapes.of(e -> Shapes.tuple(Shape.of(e.next(), e.next()))),
            Domain.integers(dtype, -depth, depth - 1))
        .oracle(
            (inputs, shapes) -> {
              double[] out = new double[inputs[0].length * depth];
              for (int i = 0; i < inputs[0].length; i++) {
                out[i * depth + (int) (inputs[0][i] + depth) % depth] = 1;
              }
              return new double[][] {out};
            })
        .withoutGradient("the input is an index");
  }

  @Test
  void namesTheFirstIndexOutOfRange() {
    try (Scope scope = Scope.open("test")) {
      Tensor indices = scope.tensor(Shape.of(3), 2, 3, 4);
      assertEquals(
          "oneHot: index 3 at [1] is not in [-3, 3): [3]",
          assertThrows(
                  IllegalArgumentException.class, () -> new OneHot(DType.F32, 3).apply(indices))
              .getMessage());
    }
    assertEquals(
        "oneHot: f32 or f64 and a depth from 0 up expected: i32 and 3",
        assertThrows(IllegalArgumentException.class, () -> new OneHot(DType.I32, 3)).getMessage());
  }
}
