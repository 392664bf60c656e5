package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import dev.lanewise.tensor.op.Sequences.Rows;
import dev.lanewise.tensor.op.SimpleRnn.Activation;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SimpleRnnTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        rnn(Activation.TANH, false, false)
            .smooth()
            .rejects(
                "simpleRnn: x [n, t, in], h [n, units], kernels [in, units] and [units, units] and"
                    + " a bias [units] expected: [2, 5, 3] x [2, 1] x [2, 1] x [1, 1] x [1]",
                Shape.of(2, 5, 3),
                Shape.of(2, 1),
                Shape.of(2, 1),
                Shape.of(1, 1),
                Shape.of(1)),
        rnn(Activation.TANH, true, false).smooth(),
        rnn(Activation.RELU, false, false),
        rnn(Activation.RELU, true, false),
        rnn(Activation.TANH, false, true).smooth(),
        rnn(Activation.RELU, true, true),
        grad(Activation.TANH, false, false)
            .smooth()
            .rejects(
                "simpleRnnGrad: h [n, t, units], a kernel [units, units] and gradients [n, t,"
                    + " units] and [n, units] expected: [2, 5, 3] x [3, 3] x [2, 5, 3] x [2, 5]",
                Shape.of(2, 5, 3),
                Shape.of(3, 3),
                Shape.of(2, 5, 3),
                Shape.of(2, 5)),
        grad(Activation.TANH, true, false).smooth(),
        grad(Activation.RELU, false, false).smooth(),
        grad(Activation.TANH, true, true).smooth(),
        grad(Activation.RELU, false, true).smooth());
  }

  private static OpCase rnn(Activation activation, boolean reverse, boolean masked) {
    OpCase tested =
        op(
            new SimpleRnn(activation, reverse),
            Tolerance.sum(),
            Shapes.of(
                    e -> {
                      long n = e.next();
                      long t = e.next();
                      long in = e.next();
                      long u = e.next();
                      return shapes(masked, n, t, in, u);
                    })
                .large(shapes(masked, 37, 20, 50, 80)),
            Sequences.domains(masked, Domain.normal(), 5));
    return Sequences.computed(tested, inputs -> outputs(inputs, activation, reverse))
        .gives(shapes -> shapes[0].with(2, shapes[1].extent(1)));
  }

  private static Shape[] shapes(boolean masked, long n, long t, long in, long u) {
    return Sequences.with(
        masked,
        n,
        t,
        Shape.of(n, t, in),
        Shape.of(n, u),
        Shape.of(in, u),
        Shape.of(u, u),
        Shape.of(u));
  }

  private static Rows[] outputs(Rows[] inputs, Activation activation, boolean reverse) {
    int samples = inputs[1].samples();
    int units = inputs[1].size;
    int steps = inputs[0].places;
    Rows hidden = new Rows(samples, steps, units);
    Rows last = inputs[1];
    for (int place : Sequences.places(steps, reverse)) {
      Rows next = new Rows(samples, 1, units);
      for (int n = 0; n < samples; n++) {
        boolean skips = Sequences.skips(inputs, 5, n, place);
        for (int j = 0; j < units; j++) {
          Rounded sum =
              Sequences.product(inputs[0], n, place, inputs[2], j)
                  .plus(inputs[4].all[j])
                  .plus(Sequences.product(last, n, 0, inputs[3], j));
          Rounded taken = activation == Activation.TANH ? sum.tanh() : sum.relu();
          next.set(n, 0, j, skips ? last.at(n, 0, j) : taken);
          hidden.set(n, place, j, next.at(n, 0, j));
        }
      }
      last = next;
    }
    return new Rows[] {hidden, last};
  }

  private static OpCase grad(Activation activation, boolean reverse, boolean masked) {
    OpCase tested =
        op(
            new SimpleRnn.Grad(activation, reverse),
            Tolerance.sum(),
            Shapes.of(
                    e -> {
                      long n = e.next();
                      long t = e.next();
                      long u = e.next();
                      return gradShapes(masked, n, t, u);
                    })
                .large(gradShapes(masked, 37, 20, 80)),
            Sequences.domains(
                masked,
                activation == Activation.TANH ? Domain.range(-0.9, 0.9) : Domain.awayFrom(0),
                4));
    return Sequences.computed(tested, inputs -> gradients(inputs, activation, reverse));
  }

  private static Shape[] gradShapes(boolean masked, long n, long t, long u) {
    return Sequences.with(
        masked, n, t, Shape.of(n, t, u), Shape.of(u, u), Shape.of(n, t, u), Shape.of(n, u));
  }

  private static Rows[] gradients(Rows[] inputs, Activation activation, boolean reverse) {
    Rows hidden = inputs[0];
    int samples = inputs[3].samples();
    Rows sums = new Rows(samples, hidden.places, hidden.size);
    Rows toH = inputs[3].copy();
    int[] places = Sequences.places(hidden.places, reverse);
    for (int step = places.length - 1; step >= 0; step--) {
      int place = places[step];
      for (int n = 0; n < samples; n++) {
        boolean skips = Sequences.skips(inputs, 4, n, place);
        Rounded[] skipped = new Rounded[hidden.size];
        for (int j = 0; j < hidden.size; j++) {
          Rounded grad = toH.at(n, 0, j).plus(inputs[2].at(n, place, j));
          Rounded y = hidden.at(n, place, j);
          Rounded relu = y.value() > 0 ? grad : Rounded.ZERO;
          Rounded sum = activation == Activation.TANH ? grad.times(y.tanhSlope()) : relu;
          sums.set(n, place, j, skips ? Rounded.ZERO : sum);
          skipped[j] = skips ? grad : Rounded.ZERO;
        }
        for (int j = 0; j < hidden.size; j++) {
          Rounded sum = Sequences.transposed(sums, n, place, inputs[1], j);
          toH.set(n, 0, j, sum.plus(skipped[j]));
        }
      }
    }
    return new Rows[] {sums, toH};
  }

  @Test
  void twoStepsByHand() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.tensor(Shape.of(1, 2, 1), 1.0, -2.0);
      Tensor h = scope.tensor(Shape.of(1, 1), 3.0);
      Tensor kernel = scope.tensor(Shape.of(1, 1), 2.0);
      Tensor recurrentKernel = scope.tensor(Shape.of(1, 1), 0.5);
      Tensor bias = scope.tensor(Shape.of(1), 1.0);
      Tensor[] inputs = {x, h, kernel, recurrentKernel, bias};
      // 2 + 1.5 + 1, then -4 + 2.25 + 1.
      assertArrayEquals(
          new double[] {4.5, 0}, new SimpleRnn(Activation.RELU, false).apply(inputs).toDoubles());
      // -4 + 1.5 + 1 is negative, then 2 + 0 + 1.
      assertArrayEquals(
          new double[] {3, 0}, new SimpleRnn(Activation.RELU, true).apply(inputs).toDoubles());
      double first = Math.tanh(4.5);
      assertArrayEquals(
          new double[] {first, Math.tanh(-3 + first / 2)},
          new SimpleRnn(Activation.TANH, false).apply(inputs).toDoubles(),
          1e-15);
    }
  }
}
