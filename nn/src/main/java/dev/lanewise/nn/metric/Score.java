package dev.lanewise.nn.metric;

import dev.lanewise.tensor.Tensor;
import java.util.OptionalInt;

/** A score of one class, or its mean over all classes, read off a confusion matrix. */
final class Score implements Metric.Tally {
  private final String metric;
  private final ConfusionMatrix matrix;
  private final OptionalInt chosen;
  private final OfClass score;

  /** The score of one class. */
  interface OfClass {
    double of(ConfusionMatrix matrix, int which);
  }

  Score(String metric, double threshold, OptionalInt chosen, OfClass score) {
    this.metric = metric;
    this.matrix = new ConfusionMatrix(metric, threshold, 0, true);
    this.chosen = chosen;
    this.score = score;
  }

  /** Checks the number of a class. */
  static void require(String metric, OptionalInt chosen) {
    if (chosen.isPresent() && chosen.getAsInt() < 0) {
      throw new IllegalArgumentException(
          metric + ": a class from 0 up expected, not " + chosen.getAsInt());
    }
  }

  @Override
  public void add(Tensor labels, Tensor prediction) {
    matrix.add(labels, prediction);
    if (chosen.isPresent() && chosen.getAsInt() >= matrix.classes()) {
      throw new IllegalArgumentException(
          "%s: class %d is none of %d classes: labels %s x prediction %s"
              .formatted(
                  metric, chosen.getAsInt(), matrix.classes(), labels.spec(), prediction.shape()));
    }
  }

  /** Of the chosen class; else of class 1 if there are two by threshold, else the mean. */
  @Override
  public double value() {
    if (matrix.samples() == 0) {
      return Double.NaN;
    }
    if (chosen.isPresent()) {
      return score.of(matrix, chosen.getAsInt());
    }
    if (matrix.isByThreshold()) {
      return score.of(matrix, 1);
    }
    double sum = 0;
    for (int which = 0; which < matrix.classes(); which++) {
      sum += score.of(matrix, which);
    }
    return sum / matrix.classes();
  }

  @Override
  public void reset() {
    matrix.reset();
  }
}
