package dev.lanewise.nn.data;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * {@code low + (x - min) / (max - min) * (high - low)} of each feature: from {@code low} to {@code
 * high} on the data it was fitted on, beyond on others.
 *
 * <p>A feature that never changes becomes {@code low}.
 */
public final class MinMaxScaler implements Scaler {
  private final double[] minima;
  private final double[] maxima;
  private final double low;
  private final double high;

  private MinMaxScaler(double[] minima, double[] maxima, double low, double high) {
    if (!(low < high && Double.isFinite(high - low))) {
      throw new IllegalArgumentException(
          "minMaxScaler: from " + low + " to " + high + " is no range");
    }
    this.minima = minima;
    this.maxima = maxima;
    this.low = low;
    this.high = high;
  }

  /** Fitted on the features of a set, to values from 0 to 1. */
  public static MinMaxScaler fit(DataSet data) {
    return fit(data, 0, 1);
  }

  /**
   * Fitted on the features of a set, to values from {@code low} to {@code high}.
   *
   * @throws IllegalArgumentException if that is no range, or the set is empty, not of f32, or has
   *     values that are not finite
   */
  public static MinMaxScaler fit(DataSet data, double low, double high) {
    return fit(new FeatureColumns("minMaxScaler", data, true), low, high);
  }

  /** Fitted on the labels of a set, to values from {@code low} to {@code high}. */
  public static MinMaxScaler fitLabels(DataSet data, double low, double high) {
    return fit(new FeatureColumns("minMaxScaler", data, false), low, high);
  }

  private static MinMaxScaler fit(FeatureColumns columns, double low, double high) {
    int width = columns.width();
    double[] minima = new double[width];
    double[] maxima = new double[width];
    Arrays.fill(minima, Double.POSITIVE_INFINITY);
    Arrays.fill(maxima, Double.NEGATIVE_INFINITY);
    columns.each(
        (values, at) -> {
          for (int i = 0; i < width; i++) {
            minima[i] = Math.min(minima[i], values[at + i]);
            maxima[i] = Math.max(maxima[i], values[at + i]);
          }
        });
    return new MinMaxScaler(minima, maxima, low, high);
  }

  /** The least values, as a fresh array. */
  public double[] minima() {
    return minima.clone();
  }

  /** The largest values, as a fresh array. */
  public double[] maxima() {
    return maxima.clone();
  }

  @Override
  public int features() {
    return minima.length;
  }

  private double width(int feature) {
    return maxima[feature] == minima[feature] ? 1 : maxima[feature] - minima[feature];
  }

  @Override
  public double apply(int feature, double value) {
    return low + (value - minima[feature]) / width(feature) * (high - low);
  }

  @Override
  public double inverse(int feature, double value) {
    return minima[feature] + (value - low) / (high - low) * width(feature);
  }

  /** {@code name.min}, {@code name.max} and, of two values, {@code name.range}. */
  @Override
  public Map<String, Tensor> entries(String name, Scope scope) {
    return Map.of(
        name + ".min", scope.tensor(Shape.of(features()), minima),
        name + ".max", scope.tensor(Shape.of(features()), maxima),
        name + ".range", scope.tensor(Shape.of(2), low, high));
  }

  /**
   * Reads what {@link #entries} gave.
   *
   * @throws IOException if the file does not have it
   */
  public static MinMaxScaler read(Safetensors file, String name) throws IOException {
    double[] minima = FeatureColumns.read(file, name + ".min", 0);
    double[] maxima = FeatureColumns.read(file, name + ".max", minima.length);
    double[] range = FeatureColumns.read(file, name + ".range", 2);
    for (int i = 0; i < minima.length; i++) {
      if (minima[i] > maxima[i]) {
        throw new IOException(
            "%s: '%s': feature %d is from %s to %s"
                .formatted(file.path(), name, i, minima[i], maxima[i]));
      }
    }
    try {
      return new MinMaxScaler(minima, maxima, range[0], range[1]);
    } catch (IllegalArgumentException malformed) {
      throw new IOException(file.path() + ": '" + name + "': " + malformed.getMessage(), malformed);
    }
  }

  @Override
  public String toString() {
    return "MinMaxScaler(minima %s, maxima %s, to %s..%s)"
        .formatted(Arrays.toString(minima), Arrays.toString(maxima), low, high);
  }
}
