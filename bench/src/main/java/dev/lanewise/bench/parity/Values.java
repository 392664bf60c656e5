package dev.lanewise.bench.parity;

import dev.lanewise.tensor.Shape;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * Numbers with a shape, row-major: what the sides of a comparison hand each other. Those that are
 * drawn are rounded to F32, so that they are the same numbers in F32 and in F64.
 */
public final class Values {
  private final Shape shape;
  private final double[] numbers;

  private Values(Shape shape, double[] numbers) {
    if (numbers.length != shape.size()) {
      throw new IllegalArgumentException(
          "values: %d numbers do not fill %s".formatted(numbers.length, shape));
    }
    this.shape = shape;
    this.numbers = numbers;
  }

  /** These numbers, which are not copied. */
  public static Values of(Shape shape, double... numbers) {
    return new Values(shape, numbers);
  }

  /** Numbers of F32. */
  public static Values of(Shape shape, float[] numbers) {
    double[] wide = new double[numbers.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = numbers[i];
    }
    return new Values(shape, wide);
  }

  /** Numbers one after the other from a source, rounded to F32. */
  static Values drawn(Shape shape, DoubleSupplier source) {
    double[] numbers = new double[Math.toIntExact(shape.size())];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) source.getAsDouble();
    }
    return new Values(shape, numbers);
  }

  /** Standard normal numbers. */
  static Values normal(Shape shape, SplittableRandom random) {
    return drawn(shape, random::nextGaussian);
  }

  /** Whole numbers from 0 below {@code bound}. */
  static Values whole(Shape shape, int bound, SplittableRandom random) {
    return drawn(shape, () -> random.nextInt(bound));
  }

  /** The extents. */
  public Shape shape() {
    return shape;
  }

  /** The numbers themselves, not a copy. */
  public double[] numbers() {
    return numbers;
  }

  /** The L2 norm. */
  double norm() {
    double sum = 0;
    for (double number : numbers) {
      sum += number * number;
    }
    return Math.sqrt(sum);
  }

  /**
   * The L2 norm of the difference over the norm of the other; where that is zero, the norm of these
   * numbers. NaN if any number is.
   *
   * @throws IllegalArgumentException if the shapes differ
   */
  double distance(Values other) {
    if (!shape.equals(other.shape)) {
      throw new IllegalArgumentException("values: shapes differ: " + shape + " x " + other.shape);
    }
    double[] difference = numbers.clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= other.numbers[i];
    }
    return of(shape, difference).norm() / other.scale();
  }

  /** What distances to these numbers are relative to: their norm, or one where that is zero. */
  double scale() {
    double norm = norm();
    return norm == 0 ? 1 : norm;
  }
}
