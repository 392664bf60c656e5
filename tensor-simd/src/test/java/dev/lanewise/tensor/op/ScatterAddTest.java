package dev.lanewise.tensor.op;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class ScatterAddTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        scatter(Shape.of(4, 19, 3), 0, DType.I64, Shape.of(7), Shape.of(2, 3), Shape.of(0))
            .rejects(
                "scatterAdd: into [4, 19, 3] along axis 0 go [2, 19, 3]: f32 [3, 19, 3] x i64 [2]",
                Spec.of(DType.F32, Shape.of(3, 19, 3)),
                Spec.of(DType.I64, Shape.of(2)))
            .rejects(
                "scatterAdd: f32 or f64 expected, not i32: cast first: i32 [2, 19, 3] x i64 [2]",
                Spec.of(DType.I32, Shape.of(2, 19, 3)),
                Spec.of(DType.I64, Shape.of(2))),
        scatter(Shape.of(2, 3, 4), 1, DType.I32, Shape.of(5), Shape.of(), Shape.of(2, 2)),
        scatter(Shape.of(6, 3), -1, DType.I64, Shape.of(9), Shape.of(1, 2)),
        scatter(Shape.of(3), 0, DType.I64, Shape.of(9), Shape.of(2, 2)));
  }

  private static OpCase scatter(Shape out, int axis, DType dtype, Shape... indices) {
    Shape[][] tuples = new Shape[indices.length][];
    java.util.Arrays.setAll(
        tuples, i -> Shapes.tuple(Gather.shape("test", out, axis, indices[i]), indices[i]));
    Shape many = Shape.of(40_000);
    int along = out.axis("test", axis);
    return op(
            new ScatterAdd(out, axis),
            Tolerance.sum(),
            Shapes.list(tuples).large(Gather.shape("test", out, axis, many), many),
            Domain.normal(),
            Domain.indices(dtype, shapes -> out.extent(along)))
        .oracle(
            (inputs, tuple) -> {
              double[] sums = new double[(int) out.size()];
              Shape flat = out.with(along, tuple[1].size());
              double[] numbers = Moved.of(flat, at -> Moved.number(flat, at));
              Moved.of(
                  flat,
                  at -> {
                    int[] place = Moved.with(at, along, (int) inputs[1][at[along]]);
                    int number = Moved.number(flat, at);
                    sums[Moved.number(out, place)] += inputs[0][(int) numbers[number]];
                    return 0;
                  });
              return new double[][] {sums};
            })
        .smooth();
  }
}
