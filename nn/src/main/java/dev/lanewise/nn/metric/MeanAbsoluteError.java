package dev.lanewise.nn.metric;

/**
 * The mean of {@code |label - prediction|} over all elements. Labels and prediction: one shape;
 * labels {@code [n]} stand for {@code [n, 1]}. Keras' {@code MeanAbsoluteError}.
 */
public record MeanAbsoluteError() implements Metric {
  /** The metric. */
  public static MeanAbsoluteError of() {
    return new MeanAbsoluteError();
  }

  @Override
  public String name() {
    return "mean_absolute_error";
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public Tally tally() {
    return new ErrorMean(name(), error -> Math.abs(error), mean -> mean);
  }
}
