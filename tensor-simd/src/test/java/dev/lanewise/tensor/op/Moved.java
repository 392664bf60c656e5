package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;

/** Data movement written down plainly, for oracles. */
final class Moved {
  private Moved() {}

  /** Says where an element of the output comes from. */
  @FunctionalInterface
  interface Source {
    /** The value of the output's element at these indices. */
    double at(int[] indices);
  }

  /** A tensor of this shape, element by element, in row-major order. */
  static double[] of(Shape shape, Source source) {
    double[] out = new double[Math.toIntExact(shape.size())];
    int[] indices = new int[shape.rank()];
    for (int i = 0; i < out.length; i++) {
      out[i] = source.at(indices);
      for (int axis = indices.length - 1; axis >= 0; axis--) {
        if (++indices[axis] < shape.extent(axis)) {
          break;
        }
        indices[axis] = 0;
      }
    }
    return out;
  }

  /** The row-major number of the element at these indices. */
  static int number(Shape shape, int... indices) {
    int number = 0;
    for (int axis = 0; axis < indices.length; axis++) {
      number = number * (int) shape.extent(axis) + indices[axis];
    }
    return number;
  }

  /** These indices with one of them changed. */
  static int[] with(int[] indices, int axis, int index) {
    int[] changed = indices.clone();
    changed[axis] = index;
    return changed;
  }
}
