package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import java.util.Arrays;

/**
 * What the tests of recurrent operators share: arrays of {@link Rounded} numbers seen as vectors of
 * samples and steps.
 */
final class Sequences {
  /** An array {@code [n, t, size]}; {@code [n, size]} for one place. */
  static final class Rows {
    final Rounded[] all;
    final int places;
    final int size;

    Rows(double[] values, Shape shape) {
      this(
          Arrays.stream(values).mapToObj(Rounded::of).toArray(Rounded[]::new),
          shape.rank() == 3 ? (int) shape.extent(1) : 1,
          (int) shape.extent(-1));
    }

    Rows(int samples, int places, int size) {
      this(new Rounded[samples * places * size], places, size);
      Arrays.fill(all, Rounded.ZERO);
    }

    private Rows(Rounded[] all, int places, int size) {
      this.all = all;
      this.places = places;
      this.size = size;
    }

    /** How many samples there are, if vectors have elements. */
    int samples() {
      return all.length / Math.max(1, places * size);
    }

    Rows copy() {
      return new Rows(all.clone(), places, size);
    }

    Rounded at(int sample, int place, int i) {
      return all[(sample * places + place) * size + i];
    }

    void set(int sample, int place, int i, Rounded value) {
      all[(sample * places + place) * size + i] = value;
    }

    double[] values() {
      return Arrays.stream(all).mapToDouble(Rounded::value).toArray();
    }

    double[] errors() {
      return Arrays.stream(all).mapToDouble(Rounded::error).toArray();
    }
  }

  /** A computation on rows of all inputs that gives rows of all outputs. */
  @FunctionalInterface
  interface Computation {
    Rows[] of(Rows[] inputs);
  }

  private Sequences() {}

  /** Shapes and a mask's {@code [n, t]} behind them, if there is to be one. */
  static Shape[] with(boolean masked, long n, long t, Shape... shapes) {
    Shape[] all = masked ? Arrays.copyOf(shapes, shapes.length + 1) : shapes;
    if (masked) {
      all[shapes.length] = Shape.of(n, t);
    }
    return all;
  }

  /** So many normal inputs behind a first one, and a mask if there is to be one. */
  static Domain[] domains(boolean masked, Domain first, int inputs) {
    Domain[] domains = new Domain[masked ? inputs + 1 : inputs];
    Arrays.setAll(domains, i -> i < inputs ? Domain.normal() : Domain.booleans());
    domains[0] = first;
    return domains;
  }

  /** Whether the mask, input {@code masked} if it is there, leaves a sample's step out. */
  static boolean skips(Rows[] inputs, int masked, int sample, int place) {
    return inputs.length > masked && inputs[masked].at(sample, 0, place).value() == 0;
  }

  /** Gives a case the values and the errors of a computation. */
  static OpCase computed(OpCase tested, Computation computation) {
    return tested
        .oracle(
            (inputs, shapes) ->
                Arrays.stream(computation.of(rows(inputs, shapes)))
                    .map(Rows::values)
                    .toArray(double[][]::new))
        .magnitudes(
            (inputs, shapes) ->
                Arrays.stream(computation.of(rows(inputs, shapes)))
                    .map(Rows::errors)
                    .toArray(double[][]::new));
  }

  private static Rows[] rows(double[][] inputs, Shape[] shapes) {
    Rows[] rows = new Rows[inputs.length];
    Arrays.setAll(rows, i -> new Rows(inputs[i], shapes[i]));
    return rows;
  }

  /** {@code sum over p of x[p] weights[p, column]} for a vector of a sample and place. */
  static Rounded product(Rows x, int sample, int place, Rows weights, int column) {
    Rounded sum = Rounded.ZERO;
    for (int p = 0; p < x.size; p++) {
      sum = sum.plus(x.at(sample, place, p).times(weights.all[p * weights.size + column]));
    }
    return sum;
  }

  /** {@code sum over p of weights[row, p] x[p]} for a vector of a sample and place. */
  static Rounded transposed(Rows x, int sample, int place, Rows weights, int row) {
    Rounded sum = Rounded.ZERO;
    for (int p = 0; p < x.size; p++) {
      sum = sum.plus(x.at(sample, place, p).times(weights.all[row * weights.size + p]));
    }
    return sum;
  }

  /** The places of the steps, in the order of the computation. */
  static int[] places(int steps, boolean reverse) {
    int[] places = new int[steps];
    Arrays.setAll(places, step -> reverse ? steps - 1 - step : step);
    return places;
  }
}
