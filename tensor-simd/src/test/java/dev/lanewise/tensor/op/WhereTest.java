package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WhereTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        op(
                new Where(),
                Tolerance.EXACT,
                Shapes.broadcast(3),
                Domain.booleans(),
                Domain.normal().anyType(),
                Domain.normal().anyType())
            .oracle((inputs, shapes) -> new double[][] {chosen(inputs, shapes)})
            .smooth()
            .rejects(
                "where: a condition of bool expected, not f32: [2] x [2] x [2]",
                Shape.of(2),
                Shape.of(2),
                Shape.of(2))
            .rejects(
                "where: element types differ: bool [2] x f32 [2] x i32 [2]",
                Spec.of(DType.BOOL, Shape.of(2)),
                Spec.of(DType.F32, Shape.of(2)),
                Spec.of(DType.I32, Shape.of(2)))
            .rejects(
                "where: shapes do not broadcast: bool [2] x f32 [3] x f32 [2]",
                Spec.of(DType.BOOL, Shape.of(2)),
                Spec.of(DType.F32, Shape.of(3)),
                Spec.of(DType.F32, Shape.of(2))));
  }

  private static double[] chosen(double[][] inputs, Shape[] shapes) {
    Shape out = Shape.broadcast(Shape.broadcast(shapes[0], shapes[1]), shapes[2]);
    double[] values = new double[Math.toIntExact(out.size())];
    for (int i = 0; i < values.length; i++) {
      int from = inputs[0][stretched(shapes[0], out, i)] != 0 ? 1 : 2;
      values[i] = inputs[from][stretched(shapes[from], out, i)];
    }
    return values;
  }

  @Test
  void movesBits() {
    try (Scope scope = Scope.open("where")) {
      int payload = 0x7F800001;
      Tensor x = scope.tensor(Shape.of(2), payload, 1);
      Tensor picked = Ops.WHERE.apply(scope.tensor(Shape.of(2), true, false), x, x.slice(0, 0, 1));
      assertArrayEquals(new int[] {payload, payload}, picked.toInts());
    }
  }
}
