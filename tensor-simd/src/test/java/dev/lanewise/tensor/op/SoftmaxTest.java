package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.check.Tolerance;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SoftmaxTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        softmax(0, 8, any(1)),
        softmax(1, 8, any(1)),
        softmax(-1, 8, any(1))
            .rejects("softmax: axis -1 is out of range for rank 0: []", Shape.scalar()),
        softmax(1, 64, blocks()),
        softmax(2, 64, blocks()),
        grad(0, any(2)),
        grad(1, any(2))
            .rejects("softmaxGrad: shapes differ: [2, 3] x [3]", Shape.of(2, 3), Shape.of(3)),
        grad(-1, any(2))
            .rejects(
                "softmaxGrad: element types differ: f32 [2] x f64 [2]",
                Spec.of(DType.F32, Shape.of(2)),
                Spec.of(DType.F64, Shape.of(2))));
  }

  static Shapes any(int operands) {
    return Shapes.of(
        e -> {
          Shape[] tuple = new Shape[operands];
          Arrays.fill(tuple, Shape.of(e.next(), e.next(), e.next()));
          return tuple;
        });
  }

  /** Shapes of more than one block, and of blocks of more and of less than one line. */
  static Shapes blocks() {
    Shape[][] tuples = {
      Shapes.tuple(Shape.of(3, 5, 4)),
      Shapes.tuple(Shape.of(2, 3, 9_001)),
      Shapes.tuple(Shape.of(2, 500, 21)),
      Shapes.tuple(Shape.of(1, 9_001, 3)),
      Shapes.tuple(Shape.of(2, 150, 101))
    };
    return Shapes.list(tuples).large(Shape.of(20, 100, 50));
  }

  private static OpCase softmax(int axis, int ulps, Shapes shapes) {
    return op(new Softmax(axis), Tolerance.ulps(ulps), shapes, Domain.normal())
        .oracle(
            (inputs, tuple) ->
                new double[][] {
                  Reduced.mapped(inputs[0], tuple[0], axis, (x, numbers) -> softmax(x))
                })
        .smooth();
  }

  static double[] softmax(double[] x) {
    double most = Arrays.stream(x).reduce(Double.NEGATIVE_INFINITY, Math::max);
    double[] raised = Arrays.stream(x).map(value -> Math.exp(value - most)).toArray();
    double sum = Arrays.stream(raised).sum();
    return Arrays.stream(raised).map(value -> value / sum).toArray();
  }

  private static OpCase grad(int axis, Shapes shapes) {
    return op(new Softmax.Grad(axis), Tolerance.sum(), shapes, Domain.normal(), Domain.normal())
        .oracle((inputs, tuple) -> grad(inputs, tuple[0], axis, -1))
        .magnitudes(
            (inputs, tuple) ->
                grad(
                    new double[][] {
                      Arrays.stream(inputs[0]).map(Math::abs).toArray(),
                      Arrays.stream(inputs[1]).map(Math::abs).toArray()
                    },
                    tuple[0],
                    axis,
                    1))
        .smooth();
  }

  private static double[][] grad(double[][] inputs, Shape shape, int axis, int sign) {
    return new double[][] {
      Reduced.mapped(
          inputs[0],
          shape,
          axis,
          (y, numbers) -> {
            double sum = 0;
            for (int i = 0; i < y.length; i++) {
              sum += y[i] * inputs[1][numbers[i]];
            }
            double[] grad = new double[y.length];
            for (int i = 0; i < y.length; i++) {
              grad[i] = y[i] * (inputs[1][numbers[i]] + sign * sum);
            }
            return grad;
          })
    };
  }

  @Test
  void doesNotOverflow() {
    try (Scope scope = Scope.open("test")) {
      assertArrayEquals(
          new float[] {0.5f, 0.5f, 0},
          scope.tensor(Shape.of(3), 3e38f, 3e38f, -3e38f).softmax(0).toFloats());
    }
  }
}
