package dev.lanewise.tensor.op;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class ReluTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(new Relu(), Domain.awayFrom(0), Tolerance.EXACT, x -> x < 0 ? 0 : x)
            .smooth()
            .rejects(
                "relu: f32 or f64 expected, not i32: cast first: [2, 3]",
                Spec.of(DType.I32, Shape.of(2, 3)))
            .rejects("relu: 1 operands expected, 2 given: [2] x [2]", Shape.of(2), Shape.of(2)),
        binary(
                new Relu.Grad(),
                Domain.awayFrom(0),
                Domain.normal(),
                Tolerance.EXACT,
                (out, grad) -> out > 0 ? grad : 0)
            .smooth()
            .rejects("reluGrad: shapes do not broadcast: [2] x [3]", Shape.of(2), Shape.of(3)));
  }
}
