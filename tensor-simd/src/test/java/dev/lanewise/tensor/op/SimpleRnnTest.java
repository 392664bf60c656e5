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
        rnn(Activation.TANH, false)
            .smooth()
            .rejects(
                "simpleRnn: x [n, t, in], h [n, units], kernels [in, units] and [units, units] and"
                    + " a bias [units] expected: [2, 5, 3] x [2, 1] x [2, 1] x [1, 1] x [1]",
                Shape.of(2, 5, 3),
                Shape.of(2, 1),
                Shape.of(2, 1),
                Shape.of(1, 1),
                Shape.of(1)),
        rnn(Activation.TANH, true).smooth(),
        rnn(Activation.RELU, false),
        rnn(Activation.RELU, true),
        grad(Activation.TANH, false)
            .smooth()
            .rejects(
                "simpleRnnGrad: h [n, t, units], a kernel [units, units] and gradients [n, t,"
                    + " units] and [n, units] expected: [2, 5, 3] x [3, 3] x [2, 5, 3] x [2, 5]",
                Shape.of(2, 5, 3),
                Shape.of(3, 3),
                Shape.of(2, 5, 3),
                Shape.of(2, 5)),
        grad(Activation.TANH, true).smooth(),
        grad(Activation.RELU, false).smooth());
  }

  private static OpCase rnn(Activation activation, boolean reverse) {
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
                      return shapes(n, t, in, u);
                    })
                .large(shapes(37, 6, 50, 70)),
            Domain.normal(),
            Domain.normal(),
            Domain.normal(),
            Domain.normal(),
            Domain.normal());
    return Sequences.computed(tested, inputs -> outputs(inputs, activation, reverse))
        .gives(shapes -> shapes[0].with(2, shapes[1].extent(1)));
  }

  private static Shape[] shapes(long n, long t, long in, long u) {
    return Shapes.tuple(
        Shape.of(n, t, in), Shape.of(n, u), Shape.of(in, u), Shape.of(u, u), Shape.of(u));
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
        for (int j = 0; j < units; j++) {
          Rounded sum =
              Sequences.product(inputs[0], n, place, inputs[2], j)
                  .plus(inputs[4].all[j])
                  .plus(Sequences.product(last, n, 0, inputs[3], j));
          next.set(n, 0, j, activation == Activation.TANH ? sum.tanh() : sum.relu());
          hidden.set(n, place, j, next.at(n, 0, j));
        }
      }
      last = next;
    }
    return new Rows[] {hidden, last};
  }

  private static OpCase grad(Activation activation, boolean reverse) {
    OpCase tested =
        op(
            new SimpleRnn.Grad(activation, reverse),
            Tolerance.sum(),
            Shapes.of(
                    e -> {
                      long n = e.next();
                      long t = e.next();
                      long u = e.next();
                      return gradShapes(n, t, u);
                    })
                .large(gradShapes(37, 6, 70)),
            activation == Activation.TANH ? Domain.range(-0.9, 0.9) : Domain.awayFrom(0),
            Domain.normal(),
            Domain.normal(),
            Domain.normal());
    return Sequences.computed(tested, inputs -> gradients(inputs, activation, reverse));
  }

  private static Shape[] gradShapes(long n, long t, long u) {
    return Shapes.tuple(Shape.of(n, t, u), Shape.of(u, u), Shape.of(n, t, u), Shape.of(n, u));
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
        for (int j = 0; j < hidden.size; j++) {
          Rounded grad = toH.at(n, 0, j).plus(inputs[2].at(n, place, j));
          Rounded y = hidden.at(n, place, j);
          Rounded relu = y.value() > 0 ? grad : Rounded.ZERO;
          sums.set(n, place, j, activation == Activation.TANH ? grad.times(y.tanhSlope()) : relu);
        }
        for (int j = 0; j < hidden.size; j++) {
          toH.set(n, 0, j, Sequences.transposed(sums, n, place, inputs[1], j));
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
