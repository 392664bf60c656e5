package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import dev.lanewise.tensor.op.Sequences.Rows;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LstmTest extends OpContract {
  private static final String INPUTS =
      "lstm: x [n, t, in], h and c [n, units], kernels [in, 4 units] and [units, 4 units] and a"
          + " bias [4 units] expected: ";
  private static final String GRADIENTS =
      "lstmGrad: gates [n, t, 4 units], cells [n, t, units], a cell [n, units], a kernel [units, 4"
          + " units] and gradients [n, t, units], [n, units] and [n, units] expected: ";

  @Override
  List<OpCase> cases() {
    return List.of(
        lstm(false, false)
            .smooth()
            .rejects(
                INPUTS + "[2, 3] x [2, 1] x [2, 1] x [3, 4] x [1, 4] x [4]",
                Shape.of(2, 3),
                Shape.of(2, 1),
                Shape.of(2, 1),
                Shape.of(3, 4),
                Shape.of(1, 4),
                Shape.of(4))
            .rejects(
                INPUTS + "[2, 5, 3] x [2, 1] x [2, 1] x [3, 3] x [1, 3] x [3]",
                Shape.of(2, 5, 3),
                Shape.of(2, 1),
                Shape.of(2, 1),
                Shape.of(3, 3),
                Shape.of(1, 3),
                Shape.of(3)),
        lstm(true, false).smooth(),
        lstm(false, true)
            .smooth()
            .rejects(
                "lstm: a mask [n, t] expected: f32 [2, 5, 3] x f32 [2, 1] x f32 [2, 1] x f32 [3, 4]"
                    + " x f32 [1, 4] x f32 [4] x bool [2, 4]",
                masked(Shape.of(2, 4), shapes(false, 2, 5, 3, 1))),
        lstm(true, true).smooth(),
        grad(false, false)
            .smooth()
            .rejects(
                GRADIENTS + "[2, 3, 4] x [2, 3, 1] x [2, 1] x [1, 4] x [2, 3, 1] x [2, 1] x [1, 2]",
                Shape.of(2, 3, 4),
                Shape.of(2, 3, 1),
                Shape.of(2, 1),
                Shape.of(1, 4),
                Shape.of(2, 3, 1),
                Shape.of(2, 1),
                Shape.of(1, 2))
            .rejects(
                GRADIENTS + "[2, 4] x [2, 1] x [2, 1] x [1, 4] x [2, 1] x [2, 1] x [2, 1]",
                Shape.of(2, 4),
                Shape.of(2, 1),
                Shape.of(2, 1),
                Shape.of(1, 4),
                Shape.of(2, 1),
                Shape.of(2, 1),
                Shape.of(2, 1)),
        grad(true, false).smooth(),
        grad(false, true).smooth(),
        grad(true, true).smooth());
  }

  /** F32 operands and a mask of this shape. */
  private static Spec[] masked(Shape mask, Shape... shapes) {
    Spec[] specs = new Spec[shapes.length + 1];
    Arrays.setAll(
        specs, i -> i < shapes.length ? Spec.of(DType.F32, shapes[i]) : Spec.of(DType.BOOL, mask));
    return specs;
  }

  private static OpCase lstm(boolean reverse, boolean masked) {
    OpCase tested =
        op(
            new Lstm(reverse),
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
            Sequences.domains(masked, Domain.normal(), 6));
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
        Shape.of(n, u),
        Shape.of(in, 4 * u),
        Shape.of(u, 4 * u),
        Shape.of(4 * u));
  }

  private static Rows[] outputs(Rows[] inputs, boolean reverse) {
    Rows x = inputs[0];
    int samples = inputs[1].samples();
    int units = inputs[1].size;
    Rows h = new Rows(samples, x.places, units);
    Rows gates = new Rows(samples, x.places, 4 * units);
    Rows cells = new Rows(samples, x.places, units);
    Rows lastH = inputs[1];
    Rows lastC = inputs[2];
    for (int place : Sequences.places(x.places, reverse)) {
      Rows nextH = new Rows(samples, 1, units);
      Rows nextC = new Rows(samples, 1, units);
      for (int n = 0; n < samples; n++) {
        if (Sequences.skips(inputs, 6, n, place)) {
          for (int j = 0; j < units; j++) {
            nextH.set(n, 0, j, lastH.at(n, 0, j));
            nextC.set(n, 0, j, lastC.at(n, 0, j));
            h.set(n, place, j, lastH.at(n, 0, j));
            cells.set(n, place, j, lastC.at(n, 0, j));
          }
          continue;
        }
        for (int column = 0; column < 4 * units; column++) {
          Rounded sum =
              Sequences.product(x, n, place, inputs[3], column)
                  .plus(inputs[5].all[column])
                  .plus(Sequences.product(lastH, n, 0, inputs[4], column));
          gates.set(n, place, column, column / units == 2 ? sum.tanh() : sum.sigmoid());
        }
        for (int j = 0; j < units; j++) {
          Rounded kept = gates.at(n, place, units + j).times(lastC.at(n, 0, j));
          Rounded c = gates.at(n, place, j).times(gates.at(n, place, 2 * units + j)).plus(kept);
          nextC.set(n, 0, j, c);
          nextH.set(n, 0, j, gates.at(n, place, 3 * units + j).times(c.tanh()));
          cells.set(n, place, j, c);
          h.set(n, place, j, nextH.at(n, 0, j));
        }
      }
      lastH = nextH;
      lastC = nextC;
    }
    return new Rows[] {h, lastH, lastC, gates, cells};
  }

  private static OpCase grad(boolean reverse, boolean masked) {
    OpCase tested =
        op(
            new Lstm.Grad(reverse),
            Tolerance.sum(),
            Shapes.of(
                    e -> {
                      long n = e.next();
                      long t = e.next();
                      long u = e.next();
                      return gradShapes(masked, n, t, u);
                    })
                .large(gradShapes(masked, 37, 9, 70)),
            Sequences.domains(masked, Domain.range(0.1, 0.9), 7));
    return Sequences.computed(tested, inputs -> gradients(inputs, reverse));
  }

  private static Shape[] gradShapes(boolean masked, long n, long t, long u) {
    return Sequences.with(
        masked,
        n,
        t,
        Shape.of(n, t, 4 * u),
        Shape.of(n, t, u),
        Shape.of(n, u),
        Shape.of(u, 4 * u),
        Shape.of(n, t, u),
        Shape.of(n, u),
        Shape.of(n, u));
  }

  private static Rows[] gradients(Rows[] inputs, boolean reverse) {
    Rows gates = inputs[0];
    Rows cells = inputs[1];
    int units = inputs[2].size;
    int samples = inputs[2].samples();
    Rows sums = new Rows(samples, gates.places, 4 * units);
    Rows toH = inputs[5].copy();
    Rows toC = inputs[6].copy();
    int[] places = Sequences.places(gates.places, reverse);
    for (int step = places.length - 1; step >= 0; step--) {
      int place = places[step];
      Rows skipped = new Rows(samples, 1, units);
      for (int n = 0; n < samples; n++) {
        for (int j = 0; j < units; j++) {
          Rounded i = gates.at(n, place, j);
          Rounded f = gates.at(n, place, units + j);
          Rounded g = gates.at(n, place, 2 * units + j);
          Rounded o = gates.at(n, place, 3 * units + j);
          Rounded tanh = cells.at(n, place, j).tanh();
          Rounded before = step == 0 ? inputs[2].at(n, 0, j) : cells.at(n, places[step - 1], j);
          Rounded h = toH.at(n, 0, j).plus(inputs[4].at(n, place, j));
          if (Sequences.skips(inputs, 7, n, place)) {
            skipped.set(n, 0, j, h);
            continue;
          }
          Rounded c = toC.at(n, 0, j).plus(h.times(o).times(tanh.tanhSlope()));
          sums.set(n, place, j, c.times(g).times(i.sigmoidSlope()));
          sums.set(n, place, units + j, c.times(before).times(f.sigmoidSlope()));
          sums.set(n, place, 2 * units + j, c.times(i).times(g.tanhSlope()));
          sums.set(n, place, 3 * units + j, h.times(tanh).times(o.sigmoidSlope()));
          toC.set(n, 0, j, c.times(f));
        }
        for (int j = 0; j < units; j++) {
          Rounded sum = Sequences.transposed(sums, n, place, inputs[3], j);
          toH.set(n, 0, j, sum.plus(skipped.at(n, 0, j)));
        }
      }
    }
    return new Rows[] {sums, toH, toC};
  }

  /** One step of one unit by hand: each gate has a sum of its own, in the order i, f, g, o. */
  @Test
  void hasTheGatesInKerasOrder() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.tensor(Shape.of(1, 1, 1), 2.0);
      Tensor h = scope.tensor(Shape.of(1, 1), 0.5);
      Tensor c = scope.tensor(Shape.of(1, 1), 3.0);
      Tensor kernel = scope.tensor(Shape.of(1, 4), 0.1, -0.2, 0.3, 0.4);
      Tensor recurrentKernel = scope.tensor(Shape.of(1, 4), 1.0, 2.0, -1.0, 0.0);
      Tensor bias = scope.tensor(Shape.of(4), 0.0, 1.0, 0.0, -0.5);
      Tensor[] outputs = new Lstm(false).applyAll(x, h, c, kernel, recurrentKernel, bias);
      // i = 0.2 + 0.5, f = -0.4 + 1 + 1, g = 0.6 - 0.5, o = 0.8 - 0.5.
      double next = sigmoid(1.6) * 3 + sigmoid(0.7) * Math.tanh(0.1);
      assertEquals(next, outputs[2].value(), 1e-15);
      assertEquals(sigmoid(0.3) * Math.tanh(next), outputs[1].value(), 1e-15);
      assertEquals(outputs[1].value(), outputs[0].value());
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** A shorter sequence behind or in front of steps that the mask leaves out. */
  @Test
  void stepsThatTheMaskLeavesOutDoNothing() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.normal(DType.F64, Shape.of(1, 5, 2));
      Tensor h = scope.normal(DType.F64, Shape.of(1, 3));
      Tensor c = scope.normal(DType.F64, Shape.of(1, 3));
      Tensor kernel = scope.normal(DType.F64, Shape.of(2, 12));
      Tensor recurrentKernel = scope.normal(DType.F64, Shape.of(3, 12));
      Tensor bias = scope.normal(DType.F64, Shape.of(12));
      Tensor mask = scope.tensor(Shape.of(1, 5), false, true, true, false, false);
      for (boolean reverse : new boolean[] {false, true}) {
        Lstm lstm = new Lstm(reverse);
        Tensor[] masked = lstm.applyAll(x, h, c, kernel, recurrentKernel, bias, mask);
        Tensor[] cut = lstm.applyAll(x.slice(1, 1, 3), h, c, kernel, recurrentKernel, bias);
        assertArrayEquals(cut[1].toDoubles(), masked[1].toDoubles());
        assertArrayEquals(cut[2].toDoubles(), masked[2].toDoubles());
        assertArrayEquals(cut[0].toDoubles(), masked[0].slice(1, 1, 3).toDoubles());
        Tensor first = masked[0].slice(1, 0, 1);
        assertArrayEquals((reverse ? cut[1] : h).toDoubles(), first.toDoubles());
        Tensor last = masked[0].slice(1, 4, 5);
        assertArrayEquals((reverse ? h : cut[1]).toDoubles(), last.toDoubles());
      }
    }
  }

  @Test
  void backwardsIsForwardsOnTheReversedSequence() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.normal(DType.F64, Shape.of(3, 6, 2));
      Tensor[] rest = {
        scope.normal(DType.F64, Shape.of(3, 5)),
        scope.normal(DType.F64, Shape.of(3, 5)),
        scope.normal(DType.F64, Shape.of(2, 20)),
        scope.normal(DType.F64, Shape.of(5, 20)),
        scope.normal(DType.F64, Shape.of(20))
      };
      Tensor[] backwards = new Lstm(true).applyAll(x, rest[0], rest[1], rest[2], rest[3], rest[4]);
      Tensor turned = Slice.reversed(1).apply(x);
      Tensor[] forwards =
          new Lstm(false).applyAll(turned, rest[0], rest[1], rest[2], rest[3], rest[4]);
      assertArrayEquals(forwards[0].toDoubles(), Slice.reversed(1).apply(backwards[0]).toDoubles());
      assertArrayEquals(forwards[1].toDoubles(), backwards[1].toDoubles());
      assertArrayEquals(forwards[2].toDoubles(), backwards[2].toDoubles());
    }
  }
}
