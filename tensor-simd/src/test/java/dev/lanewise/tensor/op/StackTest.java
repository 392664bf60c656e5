package dev.lanewise.tensor.op;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class StackTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        stack(0).rejects("stack: shapes differ: [2] x [3]", Shape.of(2), Shape.of(3)),
        stack(1)
            .rejects(
                "stack: element types differ: f32 [2] x i32 [2]",
                Spec.of(DType.F32, Shape.of(2)),
                Spec.of(DType.I32, Shape.of(2)))
            .rejects(
                "stack: axis 1 is out of range for a result of rank 1: [] x []",
                Shape.scalar(),
                Shape.scalar()),
        stack(-1));
  }

  private static OpCase stack(int axis) {
    Shapes shapes =
        Shapes.of(
            e -> {
              Shape shape = Shape.of(e.next(), e.next());
              return Shapes.tuple(shape, shape, shape);
            });
    Domain any = Domain.normal().anyType();
    return op(new Stack(axis), Tolerance.EXACT, shapes, any, any, any)
        .variadic()
        .oracle(
            (inputs, tuple) -> {
              int along = axis < 0 ? axis + 3 : axis;
              Shape shape = tuple[0];
              long[] extents = {
                along == 0 ? 3 : shape.extent(0),
                along == 1 ? 3 : shape.extent(along == 0 ? 0 : 1),
                along == 2 ? 3 : shape.extent(1)
              };
              return new double[][] {
                Moved.of(
                    Shape.of(extents),
                    at ->
                        inputs[at[along]][
                            Moved.number(shape, at[along == 0 ? 1 : 0], at[along == 2 ? 1 : 2])])
              };
            })
        .smooth();
  }
}
