package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import dev.lanewise.tensor.op.Sequences.Rows;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GruTest extends OpContract {
  private static final String INPUTS =
      "gru: x [n, t, in], h [n, units], kernels [in, 3 units] and [units, 3 units] and biases [2, 3"
          + " units] expected: ";

  @Override
  List<OpCase> cases() {
    return List.of(
        gru(false, false)
            .smooth()
            .rejects(
                INPUTS + "[2, 5, 3] x [2, 1] x [3, 3] x [1, 3] x [3]",
                Shape.of(2, 5, 3),
                Shape.of(2, 1),
                Shape.of(3, 3),
                Shape.of(1, 3),
                Shape.of(3))
            .rejects(
                INPUTS + "[2, 5, 3] x [1] x [3, 3] x [1, 3] x [2, 3]",
                Shape.of(2, 5, 3),
                Shape.of(1),
                Shape.of(3, 3),
                Shape.of(1, 3),
                Shape.of(2, 3)),
        gru(true, false).smooth(),
        gru(false, true).smooth(),
        gru(true, true).smooth(),
        grad(false, false)
            .smooth()
            .rejects(
                "gruGrad: gates [n, t, 3 units], products and states [n, t, units], a kernel"
                    + " [units, 3 units] and gradients [n, t, units] and [n, units] expected:"
                    + " [2, 5, 3] x [2, 5, 1] x [2, 5, 1] x [1, 3] x [2, 5, 1] x [2]",
                Shape.of(2, 5, 3),
                Shape.of(2, 5, 1),
                Shape.of(2, 5, 1),
                Shape.of(1, 3),
                Shape.of(2, 5, 1),
                Shape.of(2))
            .rejects(
                "gruGrad: gates [n, t, 3 units], products and states [n, t, units], a kernel"
                    + " [units, 3 units] and gradients [n, t, units] and [n, units] expected:"
                    + " [2, 3] x [2, 1] x [2, 1] x [1, 3] x [2, 1] x [2, 1]",
                Shape.of(2, 3),
                Shape.of(2, 1),
                Shape.of(2, 1),
                Shape.of(1, 3),
                Shape.of(2, 1),
                Shape.of(2, 1)),
        grad(true, false).smooth(),
        grad(false, true).smooth(),
        grad(true, true).smooth());
  }

  private static OpCase gru(boolean reverse, boolean masked) {
    OpCase tested =
        op(
            new Gru(reverse),
            Tolerance.sum(),
            Shapes.of(
                    e -> {
                      long n = e.next();
                      long t = e.next();
                      long in = e.next();
                      long u = e.next();
                      return shapes(masked, n, t, in, u);
                    })
                .large(shapes(masked, 37, 9, 30, 70)),
            Sequences.domains(masked, Domain.normal(), 5));
    return Sequences.computed(tested, inputs -> outputs(inputs, reverse))
        .gives(shapes -> shapes[0].with(2, shapes[1].extent(1)));
  }

  private static Shape[] shapes(boolean masked, long n, long t, long in, long u) {
    return Sequences.with(
        masked,
        n,
        t,
        Shape.of(n, t, in),
        Shape.of(n, u),
        Shape.of(in, 3 * u),
        Shape.of(u, 3 * u),
        Shape.of(2, 3 * u));
  }

  private static Rows[] outputs(Rows[] inputs, boolean reverse) {
    Rows x = inputs[0];
    int samples = inputs[1].samples();
    int units = inputs[1].size;
    Rows hidden = new Rows(samples, x.places, units);
    Rows gates = new Rows(samples, x.places, 3 * units);
    Rows inner = new Rows(samples, x.places, units);
    Rows last = inputs[1];
    for (int place : Sequences.places(x.places, reverse)) {
      Rows next = new Rows(samples, 1, units);
      for (int n = 0; n < samples; n++) {
        if (Sequences.skips(inputs, 5, n, place)) {
          for (int j = 0; j < units; j++) {
            next.set(n, 0, j, last.at(n, 0, j));
            hidden.set(n, place, j, last.at(n, 0, j));
          }
          continue;
        }
        Rounded[] outerSums = new Rounded[3 * units];
        Rounded[] innerSums = new Rounded[3 * units];
        for (int column = 0; column < 3 * units; column++) {
          outerSums[column] =
              Sequences.product(x, n, place, inputs[2], column).plus(inputs[4].all[column]);
          innerSums[column] =
              Sequences.product(last, n, 0, inputs[3], column)
                  .plus(inputs[4].all[3 * units + column]);
        }
        for (int j = 0; j < units; j++) {
          Rounded z = outerSums[j].plus(innerSums[j]).sigmoid();
          Rounded r = outerSums[units + j].plus(innerSums[units + j]).sigmoid();
          Rounded product = innerSums[2 * units + j];
          Rounded tanh = outerSums[2 * units + j].plus(r.times(product)).tanh();
          // z h + (1 - z) tanh, with the errors of tanh + z (h - tanh).
          Rounded h = tanh.plus(z.times(last.at(n, 0, j).minus(tanh)));
          gates.set(n, place, j, z);
          gates.set(n, place, units + j, r);
          gates.set(n, place, 2 * units + j, tanh);
          inner.set(n, place, j, product);
          hidden.set(n, place, j, h);
          next.set(n, 0, j, h);
        }
      }
      last = next;
    }
    return new Rows[] {hidden, last, gates, inner};
  }

  private static OpCase grad(boolean reverse, boolean masked) {
    OpCase tested =
        op(
            new Gru.Grad(reverse),
            Tolerance.sum(),
            Shapes.of(
                    e -> {
                      long n = e.next();
                      long t = e.next();
                      long u = e.next();
                      return gradShapes(masked, n, t, u);
                    })
                .large(gradShapes(masked, 37, 9, 70)),
            Sequences.domains(masked, Domain.range(0.1, 0.9), 6));
    return Sequences.computed(tested, inputs -> gradients(inputs, reverse));
  }

  private static Shape[] gradShapes(boolean masked, long n, long t, long u) {
    return Sequences.with(
        masked,
        n,
        t,
        Shape.of(n, t, 3 * u),
        Shape.of(n, t, u),
        Shape.of(n, t, u),
        Shape.of(u, 3 * u),
        Shape.of(n, t, u),
        Shape.of(n, u));
  }

  private static Rows[] gradients(Rows[] inputs, boolean reverse) {
    Rows gates = inputs[0];
    int samples = inputs[5].samples();
    int units = inputs[1].size;
    Rows outer = new Rows(samples, gates.places, 3 * units);
    Rows inner = new Rows(samples, gates.places, 3 * units);
    Rows toH = inputs[5].copy();
    int[] places = Sequences.places(gates.places, reverse);
    for (int step = places.length - 1; step >= 0; step--) {
      int place = places[step];
      for (int n = 0; n < samples; n++) {
        Rounded[] direct = new Rounded[units];
        for (int j = 0; j < units; j++) {
          Rounded z = gates.at(n, place, j);
          Rounded r = gates.at(n, place, units + j);
          Rounded tanh = gates.at(n, place, 2 * units + j);
          Rounded grad = toH.at(n, 0, j).plus(inputs[4].at(n, place, j));
          if (Sequences.skips(inputs, 6, n, place)) {
            direct[j] = grad;
            continue;
          }
          Rounded toZ = grad.times(inputs[2].at(n, place, j).minus(tanh)).times(z.sigmoidSlope());
          Rounded toSum = grad.times(z.rest()).times(tanh.tanhSlope());
          Rounded toR = toSum.times(inputs[1].at(n, place, j)).times(r.sigmoidSlope());
          outer.set(n, place, j, toZ);
          inner.set(n, place, j, toZ);
          outer.set(n, place, units + j, toR);
          inner.set(n, place, units + j, toR);
          outer.set(n, place, 2 * units + j, toSum);
          inner.set(n, place, 2 * units + j, toSum.times(r));
          direct[j] = grad.times(z);
        }
        for (int j = 0; j < units; j++) {
          Rounded sum = Sequences.transposed(inner, n, place, inputs[3], j);
          toH.set(n, 0, j, direct[j].plus(sum));
        }
      }
    }
    return new Rows[] {outer, inner, toH};
  }

  /** One step of one unit by hand: each gate has a sum of its own, in the order z, r, h. */
  @Test
  void hasTheGatesInKerasOrderAndResetsAfterTheProduct() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.tensor(Shape.of(1, 1, 1), 2.0);
      Tensor h = scope.tensor(Shape.of(1, 1), 0.5);
      Tensor kernel = scope.tensor(Shape.of(1, 3), 0.1, -0.2, 0.3);
      Tensor recurrentKernel = scope.tensor(Shape.of(1, 3), 1.0, 2.0, -1.0);
      Tensor bias = scope.tensor(Shape.of(2, 3), 0.5, 0.0, 0.2, 0.0, 0.25, 3.0);
      Tensor[] outputs = new Gru(false).applyAll(x, h, kernel, recurrentKernel, bias);
      // z = 0.2 + 0.5 + 0.5, r = -0.4 + 1 + 0.25, h = 0.6 + 0.2 + r (-0.5 + 3).
      double z = sigmoid(1.2);
      double tanh = Math.tanh(0.8 + sigmoid(0.85) * 2.5);
      assertEquals(z * 0.5 + (1 - z) * tanh, outputs[1].value(), 1e-15);
      assertEquals(outputs[1].value(), outputs[0].value());
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void backwardsIsForwardsOnTheReversedSequence() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.normal(DType.F64, Shape.of(3, 6, 2));
      Tensor h = scope.normal(DType.F64, Shape.of(3, 5));
      Tensor kernel = scope.normal(DType.F64, Shape.of(2, 15));
      Tensor recurrentKernel = scope.normal(DType.F64, Shape.of(5, 15));
      Tensor bias = scope.normal(DType.F64, Shape.of(2, 15));
      Tensor[] backwards = new Gru(true).applyAll(x, h, kernel, recurrentKernel, bias);
      Tensor turned = Slice.reversed(1).apply(x);
      Tensor[] forwards = new Gru(false).applyAll(turned, h, kernel, recurrentKernel, bias);
      assertArrayEquals(forwards[0].toDoubles(), Slice.reversed(1).apply(backwards[0]).toDoubles());
      assertArrayEquals(forwards[1].toDoubles(), backwards[1].toDoubles());
    }
  }
}
