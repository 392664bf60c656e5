package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class ExpandTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        expand(Shape.of(2, 3, 4), Shape.of(3, 1), Shape.of(), Shape.of(4), Shape.of(2, 3, 4))
            .rejects("expand: does not broadcast to [2, 3, 4]: [2, 4]", Shape.of(2, 4))
            .rejects("expand: does not broadcast to [2, 3, 4]: [1, 2, 3, 4]", Shape.of(1, 2, 3, 4)),
        expand(Shape.of(0, 3), Shape.of(1, 3), Shape.of(3)));
  }

  private static OpCase expand(Shape target, Shape... from) {
    Shape[][] tuples = new Shape[from.length][];
    java.util.Arrays.setAll(tuples, i -> Shapes.tuple(from[i]));
    return op(
            new Expand(target),
            Tolerance.EXACT,
            Shapes.list(tuples).large(from[0]),
            Domain.normal().anyType())
        .oracle(
            (inputs, shapes) -> {
              double[] out = new double[(int) target.size()];
              java.util.Arrays.setAll(out, i -> inputs[0][stretched(shapes[0], target, i)]);
              return new double[][] {out};
            })
        .smooth();
  }
}
