package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class MatMulTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        product(Shapes.of(MatMulTest::matrices).large(Shape.of(130, 200), Shape.of(200, 210)))
            .rejects(
                "matmul: inner extents differ: [32, 784] x [128, 10] (784 and 128)",
                Shape.of(32, 784),
                Shape.of(128, 10))
            .rejects(
                "matmul: inner extents differ: [3] x [2, 4] (3 and 2)", Shape.of(3), Shape.of(2, 4))
            .rejects(
                "matmul: operands of at least one axis expected: [] x [2]", Shape.of(), Shape.of(2))
            .rejects(
                "matmul: leading axes do not broadcast: [2, 3, 4] x [3, 4, 5]",
                Shape.of(2, 3, 4),
                Shape.of(3, 4, 5)),
        product(
            Shapes.of(
                    e -> {
                      Shape[] factors = matrices(e);
                      long batch = e.next();
                      return Shapes.tuple(before(factors[0], batch), before(factors[1], batch));
                    })
                .large(Shape.of(9, 60, 70), Shape.of(9, 70, 80))),
        product(
            Shapes.of(
                    e -> {
                      Shape[] factors = matrices(e);
                      return Shapes.tuple(before(factors[0], e.next(), e.next()), factors[1]);
                    })
                .large(Shape.of(5, 40, 200), Shape.of(200, 190))),
        product(
            Shapes.list(
                    Shapes.tuple(Shape.of(3, 1, 2, 4), Shape.of(5, 4, 2)),
                    Shapes.tuple(Shape.of(2, 4), Shape.of(3, 4, 1)),
                    Shapes.tuple(Shape.of(1, 3, 2), Shape.of(4, 1, 2, 3)),
                    Shapes.tuple(Shape.of(4, 1, 3), Shape.of(3, 2)))
                .large(Shape.of(7, 1, 30, 70), Shape.of(6, 70, 80))),
        product(
            Shapes.list(
                    Shapes.tuple(Shape.of(7), Shape.of(7)),
                    Shapes.tuple(Shape.of(1), Shape.of(1)),
                    Shapes.tuple(Shape.of(5), Shape.of(5, 3)),
                    Shapes.tuple(Shape.of(3, 5), Shape.of(5)),
                    Shapes.tuple(Shape.of(2, 3, 5), Shape.of(5)),
                    Shapes.tuple(Shape.of(5), Shape.of(2, 5, 3)),
                    Shapes.tuple(Shape.of(37), Shape.of(37, 70)),
                    Shapes.tuple(Shape.of(0), Shape.of(0)))
                .large(Shape.of(700), Shape.of(700, 900))));
  }

  private static Shape[] matrices(Extents e) {
    long k = e.next();
    return Shapes.tuple(Shape.of(e.next(), k), Shape.of(k, e.next()));
  }

  private static Shape before(Shape matrix, long... leading) {
    long[] extents = java.util.Arrays.copyOf(leading, leading.length + 2);
    extents[leading.length] = matrix.extent(0);
    extents[leading.length + 1] = matrix.extent(1);
    return Shape.of(extents);
  }

  private static OpCase product(Shapes shapes) {
    return op(new MatMul(), Tolerance.sum(), shapes, Domain.normal(), Domain.normal())
        .oracle((inputs, of) -> new double[][] {product(inputs[0], of[0], inputs[1], of[1])})
        .smooth();
  }

  /** The product by its definition, operands of rank one as matrices. */
  static double[] product(double[] x, Shape xShape, double[] y, Shape yShape) {
    Shape left = xShape.rank() == 1 ? Shape.of(1, xShape.extent(0)) : xShape;
    Shape right = yShape.rank() == 1 ? Shape.of(yShape.extent(0), 1) : yShape;
    int m = (int) left.extent(-2);
    int k = (int) left.extent(-1);
    int n = (int) right.extent(-1);
    Shape leftBatch = left.without(-1).without(-1);
    Shape rightBatch = right.without(-1).without(-1);
    Shape batch = Shape.broadcast(leftBatch, rightBatch);
    double[] out = new double[(int) batch.size() * m * n];
    for (int b = 0; b < batch.size(); b++) {
      int xAt = stretched(leftBatch, batch, b) * m * k;
      int yAt = stretched(rightBatch, batch, b) * k * n;
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int p = 0; p < k; p++) {
            sum += x[xAt + i * k + p] * y[yAt + p * n + j];
          }
          out[(b * m + i) * n + j] = sum;
        }
      }
    }
    return out;
  }
}
