package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.Arrays;
import java.util.List;

final class LogSoftmaxTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        logSoftmax(0, SoftmaxTest.any(1)),
        logSoftmax(1, SoftmaxTest.any(1)),
        logSoftmax(-1, SoftmaxTest.any(1))
            .rejects("logSoftmax: axis -1 is out of range for rank 0: []", Shape.scalar()),
        logSoftmax(1, SoftmaxTest.blocks()),
        logSoftmax(2, SoftmaxTest.blocks()),
        grad(0),
        grad(1).rejects("logSoftmaxGrad: shapes differ: [2, 3] x [3]", Shape.of(2, 3), Shape.of(3)),
        grad(-1));
  }

  private static OpCase logSoftmax(int axis, Shapes shapes) {
    return op(new LogSoftmax(axis), Tolerance.sum(), shapes, Domain.normal())
        .oracle(
            (inputs, tuple) ->
                new double[][] {
                  Reduced.mapped(inputs[0], tuple[0], axis, (x, numbers) -> logSoftmax(x))
                })
        .magnitudes(
            (inputs, tuple) ->
                new double[][] {
                  Reduced.mapped(inputs[0], tuple[0], axis, (x, numbers) -> magnitude(x))
                })
        .smooth();
  }

  /** {@code x - most - log(sum)}. */
  private static double[] logSoftmax(double[] x) {
    double most = Arrays.stream(x).reduce(Double.NEGATIVE_INFINITY, Math::max);
    double sum = Arrays.stream(x).map(value -> Math.exp(value - most)).sum();
    return Arrays.stream(x).map(value -> value - most - Math.log(sum)).toArray();
  }

  /** The magnitudes of its three terms, and one for the error of the sum of the exponentials. */
  private static double[] magnitude(double[] x) {
    double most = Arrays.stream(x).reduce(Double.NEGATIVE_INFINITY, Math::max);
    double sum = Arrays.stream(x).map(value -> Math.exp(value - most)).sum();
    return Arrays.stream(x)
        .map(value -> Math.abs(value) + Math.abs(most) + Math.log(sum) + 1)
        .toArray();
  }

  private static OpCase grad(int axis) {
    return op(
            new LogSoftmax.Grad(axis),
            Tolerance.sum(),
            SoftmaxTest.any(2),
            Domain.range(-4, 0),
            Domain.normal())
        .oracle((inputs, tuple) -> grad(inputs, inputs[1], tuple[0], axis, -1))
        .magnitudes(
            (inputs, tuple) -> {
              double[] grads = Arrays.stream(inputs[1]).map(Math::abs).toArray();
              return grad(inputs, grads, tuple[0], axis, 1);
            })
        .smooth();
  }

  private static double[][] grad(
      double[][] inputs, double[] grads, Shape shape, int axis, int sign) {
    return new double[][] {
      Reduced.mapped(
          inputs[0],
          shape,
          axis,
          (y, numbers) -> {
            double sum = Arrays.stream(numbers).mapToDouble(i -> grads[i]).sum();
            double[] grad = new double[y.length];
            for (int i = 0; i < y.length; i++) {
              grad[i] = grads[numbers[i]] + sign * Math.exp(y[i]) * sum;
            }
            return grad;
          })
    };
  }
}
