package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CrossEntropyTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        crossEntropy(DType.I64)
            .rejects(
                "crossEntropy: i32 or i64 expected for operand 1, not f32: [2, 3] x [2]",
                Shape.of(2, 3),
                Shape.of(2))
            .rejects(
                "crossEntropy: [n, classes] and labels [n] expected: f32 [2, 3] x i64 [3]",
                Spec.of(DType.F32, Shape.of(2, 3)),
                Spec.of(DType.I64, Shape.of(3))),
        crossEntropy(DType.I32)
            .rejects(
                "crossEntropy: label 0 at [0] is not in [0, 0): f32 [2, 0] x i32 [2]",
                Spec.of(DType.F32, Shape.of(2, 0)),
                Spec.of(DType.I32, Shape.of(2))),
        op(
                new CrossEntropy.Grad(),
                Tolerance.sum(),
                shapes(true),
                Domain.normal(),
                labels(DType.I64),
                Domain.normal())
            .oracle(
                (inputs, shapes) -> new double[][] {grad(inputs, (int) shapes[0].extent(1), -1)})
            .magnitudes(
                (inputs, shapes) -> {
                  double[][] absolute = {
                    Arrays.stream(inputs[0]).map(Math::abs).toArray(),
                    inputs[1],
                    Arrays.stream(inputs[2]).map(Math::abs).toArray()
                  };
                  return new double[][] {grad(absolute, (int) shapes[0].extent(1), 1)};
                })
            .smooth()
            .rejects(
                "crossEntropyGrad: a scalar gradient of the softmax's type expected: f32 [2, 3] x"
                    + " i64 [2] x f32 [1]",
                Spec.of(DType.F32, Shape.of(2, 3)),
                Spec.of(DType.I64, Shape.of(2)),
                Spec.of(DType.F32, Shape.of(1))));
  }

  private static OpCase crossEntropy(DType labels) {
    return op(new CrossEntropy(), Tolerance.sum(), shapes(false), Domain.normal(), labels(labels))
        .oracle((inputs, shapes) -> outputs(inputs, (int) shapes[0].extent(1), false))
        .magnitudes((inputs, shapes) -> outputs(inputs, (int) shapes[0].extent(1), true))
        .smooth();
  }

  private static Shapes shapes(boolean grad) {
    return Shapes.of(
        e -> {
          Shape rows = Shape.of(e.next(), e.positive());
          Shape labels = Shape.of(rows.extent(0));
          return grad ? Shapes.tuple(rows, labels, Shape.scalar()) : Shapes.tuple(rows, labels);
        });
  }

  private static Domain labels(DType dtype) {
    return Domain.indices(dtype, shapes -> shapes[0].extent(1));
  }

  /** The mean loss and the softmax, or the magnitudes of what they are sums of. */
  private static double[][] outputs(double[][] inputs, int classes, boolean magnitudes) {
    double[] losses = new double[inputs[1].length];
    double[] softmax = new double[inputs[0].length];
    for (int row = 0; row < losses.length; row++) {
      double[] x = Arrays.copyOfRange(inputs[0], row * classes, (row + 1) * classes);
      double label = x[(int) inputs[1][row]];
      double most = Arrays.stream(x).reduce(Double.NEGATIVE_INFINITY, Math::max);
      double log = Math.log(Arrays.stream(x).map(value -> Math.exp(value - most)).sum());
      losses[row] = magnitudes ? log + Math.abs(most) + Math.abs(label) + 1 : log + most - label;
      System.arraycopy(SoftmaxTest.softmax(x), 0, softmax, row * classes, classes);
    }
    return new double[][] {{Arrays.stream(losses).sum() / losses.length}, softmax};
  }

  private static double[] grad(double[][] inputs, int classes, int sign) {
    double[] grad = inputs[0].clone();
    for (int row = 0; row < inputs[1].length; row++) {
      grad[row * classes + (int) inputs[1][row]] += sign;
    }
    double share = inputs[2][0] / inputs[1].length;
    return Arrays.stream(grad).map(value -> value * share).toArray();
  }

  @Test
  void namesTheFirstLabelThatIsNoClass() {
    try (Scope scope = Scope.open("test")) {
      Tensor logits = scope.zeros(DType.F32, Shape.of(3, 10));
      assertEquals(
          "crossEntropy: label 12 at [1] is not in [0, 10): f32 [3, 10] x i32 [3]",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> logits.crossEntropy(scope.tensor(Shape.of(3), 9, 12, -1)))
              .getMessage());
      assertEquals(
          "crossEntropy: label -1 at [0] is not in [0, 10): f32 [3, 10] x i64 [3]",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> logits.crossEntropy(scope.tensor(Shape.of(3), -1L, 2, 3)))
              .getMessage());
    }
  }
}
