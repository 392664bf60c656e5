package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GatherTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        gather(0, DType.I64)
            .rejects(
                "gather: i32 or i64 expected for operand 1, not f32: [2, 3] x [2]",
                Shape.of(2, 3),
                Shape.of(2))
            .rejects(
                "gather: axis 0 is out of range for rank 0: []",
                Spec.of(DType.F32, Shape.scalar()),
                Spec.of(DType.I32, Shape.of(2))),
        gather(1, DType.I32),
        gather(-1, DType.I64));
  }

  private static OpCase gather(int axis, DType dtype) {
    Shapes shapes =
        Shapes.of(
                e ->
                    Shapes.tuple(
                        Shape.of(e.next(), e.next(), e.next()).with(axis, e.positive()),
                        Shape.of(e.next(), e.next())))
            .large(Shape.of(30, 60, 40), Shape.of(5, 9));
    return op(
            new Gather(axis),
            Tolerance.EXACT,
            shapes,
            Domain.normal().anyType(),
            signed(dtype, axis))
        .oracle(
            (inputs, tuple) -> {
              int along = tuple[0].axis("test", axis);
              int extent = (int) tuple[0].extent(along);
              return new double[][] {
                Moved.of(
                    Gather.shape("test", tuple[0], axis, tuple[1]),
                    at -> {
                      int index = (int) inputs[1][Moved.number(tuple[1], at[along], at[along + 1])];
                      int[] from = new int[3];
                      for (int i = 0; i < 3; i++) {
                        from[i] = i < along ? at[i] : i > along ? at[i + 1] : 0;
                      }
                      from[along] = index < 0 ? index + extent : index;
                      return inputs[0][Moved.number(tuple[0], from)];
                    })
              };
            })
        .smooth();
  }

  /** Indices of an axis of the first input, from either end. */
  private static Domain signed(DType dtype, int axis) {
    return Domain.of(
        dtype,
        (random, shapes, input, values) -> {
          long extent = shapes[0].extent(axis);
          java.util.Arrays.setAll(values, i -> random.nextLong(-extent, extent));
        });
  }

  @Test
  void namesTheFirstIndexOutOfRange() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.zeros(DType.F32, Shape.of(5, 3));
      Tensor indices = scope.tensor(Shape.of(2, 2), 4, -5, 5, -6);
      assertEquals(
          "gather: index 5 at [1, 0] is not in [-5, 5): f32 [5, 3] x i32 [2, 2]",
          assertThrows(IllegalArgumentException.class, () -> new Gather(0).apply(x, indices))
              .getMessage());
    }
  }
}
