package dev.lanewise.nn.data;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * {@code (x - mean) / deviation} of each feature: mean zero and deviation one on the data it was
 * fitted on.
 *
 * <p>The deviation is that of a population, {@code sqrt(sum((x - mean)^2) / n)}, summed in two
 * passes in f64. A feature that never changes becomes zero.
 */
public final class Standardizer implements Scaler {
  private final double[] means;
  private final double[] deviations;

  private Standardizer(double[] means, double[] deviations) {
    this.means = means;
    this.deviations = deviations;
  }

  /**
   * Fitted on the features of a set.
   *
   * @throws IllegalArgumentException if it is empty, not of f32, or has values that are not finite
   */
  public static Standardizer fit(DataSet data) {
    return fit(new FeatureColumns("standardizer", data, true));
  }

  /** Fitted on the labels of a set. */
  public static Standardizer fitLabels(DataSet data) {
    return fit(new FeatureColumns("standardizer", data, false));
  }

  private static Standardizer fit(FeatureColumns columns) {
    int width = columns.width();
    double rows = (double) columns.data().size() * columns.spec().shape().size() / width;
    double[] means = new double[width];
    double[] lows = new double[width];
    double[] highs = new double[width];
    Arrays.fill(lows, Double.POSITIVE_INFINITY);
    Arrays.fill(highs, Double.NEGATIVE_INFINITY);
    columns.each(
        (values, at) -> {
          for (int i = 0; i < width; i++) {
            means[i] += values[at + i];
            lows[i] = Math.min(lows[i], values[at + i]);
            highs[i] = Math.max(highs[i], values[at + i]);
          }
        });
    for (int i = 0; i < width; i++) {
      means[i] = lows[i] == highs[i] ? lows[i] : means[i] / rows;
    }
    double[] deviations = new double[width];
    columns.each(
        (values, at) -> {
          for (int i = 0; i < width; i++) {
            double away = values[at + i] - means[i];
            deviations[i] += away * away;
          }
        });
    for (int i = 0; i < width; i++) {
      deviations[i] = lows[i] == highs[i] ? 1 : Math.sqrt(deviations[i] / rows);
    }
    return new Standardizer(means, deviations);
  }

  /** The means that are subtracted, as a fresh array. */
  public double[] means() {
    return means.clone();
  }

  /** What is divided by, as a fresh array: the deviations, 1 where a feature never changes. */
  public double[] deviations() {
    return deviations.clone();
  }

  @Override
  public int features() {
    return means.length;
  }

  @Override
  public double apply(int feature, double value) {
    return (value - means[feature]) / deviations[feature];
  }

  @Override
  public double inverse(int feature, double value) {
    return value * deviations[feature] + means[feature];
  }

  /** {@code name.mean} and {@code name.deviation}. */
  @Override
  public Map<String, Tensor> entries(String name, Scope scope) {
    return Map.of(
        name + ".mean", scope.tensor(Shape.of(features()), means),
        name + ".deviation", scope.tensor(Shape.of(features()), deviations));
  }

  /**
   * Reads what {@link #entries} gave.
   *
   * @throws IOException if the file does not have it
   */
  public static Standardizer read(Safetensors file, String name) throws IOException {
    double[] means = FeatureColumns.read(file, name + ".mean", 0);
    double[] deviations = FeatureColumns.read(file, name + ".deviation", means.length);
    for (double deviation : deviations) {
      if (!(deviation > 0)) {
        throw new IOException(
            "%s: entry '%s.deviation' is not above zero: %s"
                .formatted(file.path(), name, Arrays.toString(deviations)));
      }
    }
    return new Standardizer(means, deviations);
  }

  @Override
  public String toString() {
    return "Standardizer(means %s, deviations %s)"
        .formatted(Arrays.toString(means), Arrays.toString(deviations));
  }
}
