package dev.lanewise.nn.metric;

import dev.lanewise.tensor.Tensor;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;

/** A score of one class, or its average over all classes. */
final class Score implements Metric.Tally {
  private final String metric;
  private final ClassCounts counts;
  private final Average average;
  private final OptionalInt chosen;
  private final ToDoubleFunction<Outcomes> score;

  Score(
      String metric,
      ClassCounts counts,
      Average average,
      OptionalInt chosen,
      ToDoubleFunction<Outcomes> score) {
    this.metric = metric;
    this.counts = counts;
    this.average = average;
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

  /** Checks that a class is one of those of a batch. */
  static void requireAmong(
      String metric, OptionalInt chosen, int classes, Tensor labels, Tensor prediction) {
    if (chosen.isPresent() && chosen.getAsInt() >= classes) {
      throw new IllegalArgumentException(
          "%s: class %d is none of %d classes: labels %s x prediction %s"
              .formatted(metric, chosen.getAsInt(), classes, labels.spec(), prediction.shape()));
    }
  }

  @Override
  public void add(Tensor labels, Tensor prediction) {
    counts.add(labels, prediction);
    requireAmong(metric, chosen, counts.classes(), labels, prediction);
  }

  /** Of the chosen class; else of class 1 if there are no and yes, else the average. */
  @Override
  public double value() {
    if (counts.samples() == 0) {
      return Double.NaN;
    }
    if (chosen.isPresent()) {
      return score.applyAsDouble(counts.outcomes(chosen.getAsInt()));
    }
    if (counts.isYesOrNo()) {
      return score.applyAsDouble(counts.outcomes(1));
    }
    Outcomes total = counts.total();
    if (average == Average.MICRO || total.occurrences() == 0) {
      return score.applyAsDouble(total);
    }
    double[] scores = new double[counts.classes()];
    long[] occurrences = new long[scores.length];
    for (int which = 0; which < scores.length; which++) {
      Outcomes outcomes = counts.outcomes(which);
      scores[which] = score.applyAsDouble(outcomes);
      occurrences[which] = outcomes.occurrences();
    }
    return average.mean(scores, occurrences);
  }

  @Override
  public void reset() {
    counts.reset();
  }
}
