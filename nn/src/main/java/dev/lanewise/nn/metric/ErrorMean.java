package dev.lanewise.nn.metric;

import dev.lanewise.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;

/** The mean of a function of {@code prediction - label} over all elements of all batches. */
final class ErrorMean implements Metric.Tally {
  private final String metric;
  private final DoubleUnaryOperator term;
  private final DoubleUnaryOperator last;
  private double sum;
  private long seen;

  /**
   * Of no batches.
   *
   * @param term what is averaged
   * @param last what becomes of the mean
   */
  ErrorMean(String metric, DoubleUnaryOperator term, DoubleUnaryOperator last) {
    this.metric = metric;
    this.term = term;
    this.last = last;
  }

  @Override
  public void add(Tensor labels, Tensor prediction) {
    Values.requireAlike(metric, labels, prediction);
    double[] truth = Values.of(labels);
    double[] said = Values.of(prediction);
    for (int i = 0; i < said.length; i++) {
      sum += term.applyAsDouble(said[i] - truth[i]);
    }
    seen += said.length;
  }

  @Override
  public double value() {
    return seen == 0 ? Double.NaN : last.applyAsDouble(sum / seen);
  }

  @Override
  public void reset() {
    sum = 0;
    seen = 0;
  }
}
