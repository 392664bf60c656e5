package dev.lanewise.tensor.op;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class MulTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        binary(new Mul(), Domain.normal(), Domain.normal(), Tolerance.EXACT, (x, y) -> x * y)
            .smooth()
            .rejects(
                "mul: shapes do not broadcast: [2, 3] x [2, 4]", Shape.of(2, 3), Shape.of(2, 4))
            .rejects(
                "mul: element types differ: f32 [2] x f64 [2]",
                Spec.of(DType.F32, Shape.of(2)),
                Spec.of(DType.F64, Shape.of(2))));
  }
}
