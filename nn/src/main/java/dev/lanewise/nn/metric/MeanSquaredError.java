package dev.lanewise.nn.metric;

/**
 * The mean of {@code (label - prediction)^2} over all elements. Labels and prediction: one shape;
 * labels {@code [n]} stand for {@code [n, 1]}. Keras' {@code MeanSquaredError}.
 */
public record MeanSquaredError() implements Metric {
  /** The metric. */
  public static MeanSquaredError of() {
    return new MeanSquaredError();
  }

  @Override
  public String name() {
    return "mean_squared_error";
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public Tally tally() {
    return new ErrorMean(name(), error -> error * error, mean -> mean);
  }
}
