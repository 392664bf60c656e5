package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class MatMulBiasTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        layer(new MatMulBias(false))
            .smooth()
            .rejects(
                "matMulBias: inner extents differ: [32, 784] x [128, 10] x [10] (784 and 128)",
                Shape.of(32, 784),
                Shape.of(128, 10),
                Shape.of(10))
            .rejects(
                "matMulBias: weights [k, n] and a bias [n] expected: [2, 3] x [3, 4] x [3]",
                Shape.of(2, 3),
                Shape.of(3, 4),
                Shape.of(3)),
        layer(new MatMulBias(true)),
        op(
                new MatMulBias(false),
                Tolerance.sum(),
                Shapes.list(
                        Shapes.tuple(Shape.of(5), Shape.of(5, 3), Shape.of(3)),
                        Shapes.tuple(Shape.of(2, 3, 4), Shape.of(4, 5), Shape.of(5)))
                    .large(Shape.of(8, 500), Shape.of(500, 1100), Shape.of(1100)),
                Domain.normal(),
                Domain.normal(),
                Domain.normal())
            .oracle((inputs, shapes) -> sum(inputs, shapes, false))
            .smooth());
  }

  private static OpCase layer(MatMulBias op) {
    return op(
            op,
            Tolerance.sum(),
            Shapes.of(
                    e -> {
                      long k = e.next();
                      long n = e.next();
                      return Shapes.tuple(Shape.of(e.next(), k), Shape.of(k, n), Shape.of(n));
                    })
                .large(Shape.of(130, 200), Shape.of(200, 210), Shape.of(210)),
            Domain.normal(),
            Domain.normal(),
            Domain.normal())
        .oracle((inputs, shapes) -> sum(inputs, shapes, op.relu()));
  }

  private static double[][] sum(double[][] inputs, Shape[] shapes, boolean relu) {
    double[] out = MatMulTest.product(inputs[0], shapes[0], inputs[1], shapes[1]);
    int n = (int) shapes[2].size();
    for (int i = 0; i < out.length; i++) {
      double value = out[i] + inputs[2][i % n];
      out[i] = relu ? Math.max(value, 0) : value;
    }
    return new double[][] {out};
  }
}
