package dev.lanewise.nn.metric;

/**
 * The root of the mean of {@code (label - prediction)^2} over all elements. Labels and prediction:
 * one shape; labels {@code [n]} stand for {@code [n, 1]}. Keras' {@code RootMeanSquaredError}.
 */
public record RootMeanSquaredError() implements Metric {
  /** The metric. */
  public static RootMeanSquaredError of() {
    return new RootMeanSquaredError();
  }

  @Override
  public String name() {
    return "root_mean_squared_error";
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public Tally tally() {
    return new ErrorMean(name(), error -> error * error, Math::sqrt);
  }
}
