package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import java.util.function.ToDoubleFunction;

/** Reductions written down plainly, for oracles. */
final class Reduced {
  private Reduced() {}

  /** A function of all elements that differ along the axes only; all axes where none is given. */
  static double[] along(double[] x, Shape shape, int[] axes, ToDoubleFunction<double[]> function) {
    int rank = shape.rank();
    boolean[] reduced = new boolean[rank];
    java.util.Arrays.fill(reduced, axes.length == 0);
    for (int axis : axes) {
      reduced[axis < 0 ? axis + rank : axis] = true;
    }
    int size = 1;
    int count = 1;
    for (int axis = 0; axis < rank; axis++) {
      if (reduced[axis]) {
        count *= (int) shape.extent(axis);
      } else {
        size *= (int) shape.extent(axis);
      }
    }
    double[] out = new double[size];
    for (int i = 0; i < size; i++) {
      double[] elements = new double[count];
      for (int j = 0; j < count; j++) {
        elements[j] = x[number(shape, reduced, i, j)];
      }
      out[i] = function.applyAsDouble(elements);
    }
    return out;
  }

  /** The row-major number of an element from those among kept and among reduced axes. */
  private static int number(Shape shape, boolean[] reduced, int kept, int gone) {
    int number = 0;
    int stride = 1;
    int keptRest = kept;
    int goneRest = gone;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      int extent = (int) shape.extent(axis);
      if (reduced[axis]) {
        number += goneRest % extent * stride;
        goneRest /= extent;
      } else {
        number += keptRest % extent * stride;
        keptRest /= extent;
      }
      stride *= extent;
    }
    return number;
  }

  /** A function of each element and all that differ from it along an axis only, in place. */
  static double[] mapped(double[] x, Shape shape, int axis, LineFunction function) {
    int along = axis < 0 ? axis + shape.rank() : axis;
    int extent = (int) shape.extent(along);
    int stride = 1;
    for (int inner = along + 1; inner < shape.rank(); inner++) {
      stride *= (int) shape.extent(inner);
    }
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int place = i / stride % extent;
      if (place == 0) {
        double[] line = new double[extent];
        int[] numbers = new int[extent];
        for (int j = 0; j < extent; j++) {
          numbers[j] = i + j * stride;
          line[j] = x[numbers[j]];
        }
        double[] result = function.apply(line, numbers);
        for (int j = 0; j < extent; j++) {
          out[numbers[j]] = result[j];
        }
      }
    }
    return out;
  }

  /** A function of the elements along an axis, given also their row-major numbers. */
  @FunctionalInterface
  interface LineFunction {
    double[] apply(double[] line, int[] numbers);
  }

  /**
   * Shapes with elements along every axis, small ones and ones long enough to be cut into chunks.
   */
  static Shapes notEmpty() {
    return Shapes.of(e -> Shapes.tuple(Shape.of(e.positive(), e.positive(), e.positive())));
  }

  /** As {@link #notEmpty}, of four axes. */
  static Shapes images() {
    return Shapes.of(
        e -> Shapes.tuple(Shape.of(e.positive(), e.positive(), e.positive(), e.positive())));
  }

  /** Integers whose sums are exact in any order. */
  static Domain integers() {
    return Domain.of(
        null,
        (random, shapes, input, values) ->
            java.util.Arrays.setAll(values, i -> random.nextInt(-9, 10)));
  }

  /** A small shape, then ones whose folds are cut into chunks. */
  static Shapes chunked() {
    Shape[][] tuples = {
      Shapes.tuple(Shape.of(3, 5, 4)),
      Shapes.tuple(Shape.of(1, 9_001, 1)),
      Shapes.tuple(Shape.of(2, 4_097, 1)),
      Shapes.tuple(Shape.of(601, 3, 5)),
      Shapes.tuple(Shape.of(20, 1, 700)),
      Shapes.tuple(Shape.of(3, 513, 2)),
      Shapes.tuple(Shape.of(2, 30, 300))
    };
    return Shapes.list(tuples).large(Shape.of(9_001, 3, 5));
  }
}
