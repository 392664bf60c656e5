package dev.lanewise.nn.metric;

import dev.lanewise.tensor.Tensor;
import java.util.Arrays;

/**
 * The coefficient of determination, {@code 1 - sum((label - prediction)^2) / sum((label -
 * mean(label))^2)}: 1 where predictions are right, 0 where they are no better than the labels'
 * mean. It is taken of each predicted number along the last axis and averaged over them. Where
 * labels do not vary it is 1 if predictions are right and else 0. Labels and prediction: one shape;
 * labels {@code [n]} stand for {@code [n, 1]}. Keras' {@code R2Score}.
 */
public record R2() implements Metric {
  /** The metric. */
  public static R2 of() {
    return new R2();
  }

  @Override
  public String name() {
    return "r2_score";
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Tally tally() {
    return new Moments();
  }

  /** Means and squared deviations of labels, updated one by one (Welford 1962), and residuals. */
  private final class Moments implements Tally {
    private long rows;
    private double[] mean = {};
    private double[] deviations = {};
    private double[] residuals = {};

    @Override
    public void add(Tensor labels, Tensor prediction) {
      Values.requireAlike(name(), labels, prediction);
      int width = prediction.rank() < 2 ? 1 : (int) prediction.extent(-1);
      if (mean.length != width) {
        if (rows > 0) {
          throw Values.unfit(name(), labels, prediction);
        }
        mean = new double[width];
        deviations = new double[width];
        residuals = new double[width];
      }
      double[] truth = Values.of(labels);
      double[] said = Values.of(prediction);
      for (int i = 0; i < truth.length; i++) {
        int column = i % width;
        rows += column == 0 ? 1 : 0;
        double before = truth[i] - mean[column];
        mean[column] += before / rows;
        deviations[column] += before * (truth[i] - mean[column]);
        residuals[column] += (truth[i] - said[i]) * (truth[i] - said[i]);
      }
    }

    @Override
    public double value() {
      double sum = 0;
      for (int column = 0; column < mean.length; column++) {
        double even = residuals[column] == 0 ? 1 : 0;
        sum += deviations[column] == 0 ? even : 1 - residuals[column] / deviations[column];
      }
      return rows == 0 ? Double.NaN : sum / mean.length;
    }

    @Override
    public void reset() {
      rows = 0;
      Arrays.fill(mean, 0);
      Arrays.fill(deviations, 0);
      Arrays.fill(residuals, 0);
    }
  }
}
