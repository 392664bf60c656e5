package dev.lanewise.tensor.op;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;

/**
 * The values that an operator's input is tested with, and its element type: floating inputs are of
 * whatever type a test runs in, unless {@link #of} fixes it.
 */
final class Domain {
  /** Fills the values of one input. */
  @FunctionalInterface
  interface Fill {
    void fill(SplittableRandom random, Shape[] shapes, int input, double[] values);
  }

  private final DType dtype;
  private final Fill fill;
  private final boolean anyType;

  private Domain(DType dtype, Fill fill, boolean anyType) {
    this.dtype = dtype;
    this.fill = fill;
    this.anyType = anyType;
  }

  /** Floating values, uniform between two bounds. */
  static Domain range(double from, double to) {
    return new Domain(
        null,
        (random, shapes, input, values) ->
            Arrays.setAll(values, i -> from + (to - from) * random.nextDouble()),
        false);
  }

  /** Standard normal floating values. */
  static Domain normal() {
    return awayFrom();
  }

  /** Floating values from 0.1 to 4. */
  static Domain positive() {
    return range(0.1, 4);
  }

  /** Standard normal values no closer than 0.1 to any of these, where the function has a kink. */
  static Domain awayFrom(double... kinks) {
    return new Domain(
        null,
        (random, shapes, input, values) -> {
          for (int i = 0; i < values.length; i++) {
            do {
              values[i] = random.nextGaussian();
            } while (near(values[i], kinks));
          }
        },
        false);
  }

  private static boolean near(double value, double[] kinks) {
    for (double kink : kinks) {
      if (Math.abs(value - kink) < 0.1) {
        return true;
      }
    }
    return false;
  }

  /**
   * Floating values in random order of which no two are closer than 0.03, nor two of different
   * inputs with this domain: no ties.
   */
  static Domain distinct() {
    return new Domain(
        null,
        (random, shapes, input, values) -> {
          for (int i = 0; i < values.length; i++) {
            values[i] = (i - values.length / 2) * 0.125 + (input % 4) * 0.03125;
          }
          for (int i = values.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            double value = values[i];
            values[i] = values[other];
            values[other] = value;
          }
        },
        false);
  }

  /** Indices below a bound that may depend on the input shapes, as i64 or i32. */
  static Domain indices(DType dtype, ToLongFunction<Shape[]> bound) {
    return new Domain(
        dtype,
        (random, shapes, input, values) -> {
          long below = bound.applyAsLong(shapes);
          Arrays.setAll(values, i -> random.nextLong(below));
        },
        false);
  }

  /** Integers between two bounds, inclusive. */
  static Domain integers(DType dtype, long from, long to) {
    return new Domain(
        dtype,
        (random, shapes, input, values) ->
            Arrays.setAll(values, i -> random.nextLong(from, to + 1)),
        false);
  }

  /** Booleans. */
  static Domain booleans() {
    return integers(DType.BOOL, 0, 1);
  }

  /** Whatever {@code fill} makes, of a fixed type, or floating where {@code dtype} is null. */
  static Domain of(DType dtype, Fill fill) {
    return new Domain(dtype, fill, false);
  }

  /**
   * These values for an operator that moves elements of any type: the other types are tested too.
   */
  Domain anyType() {
    return new Domain(dtype, fill, true);
  }

  /** Whether the input has the type that a test runs in. */
  boolean isFloating() {
    return dtype == null;
  }

  /** Whether the operator takes elements of any type here. */
  boolean isAnyType() {
    return anyType;
  }

  /** The input's type in a run of the given type. */
  DType dtype(DType run) {
    return dtype == null ? run : dtype;
  }

  double[] values(SplittableRandom random, Shape[] shapes, int input) {
    double[] values = new double[Math.toIntExact(shapes[input].size())];
    if (values.length > 0) {
      fill.fill(random, shapes, input, values);
    }
    return values;
  }
}
