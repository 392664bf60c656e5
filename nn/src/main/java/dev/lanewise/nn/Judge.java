package dev.lanewise.nn;

import dev.lanewise.nn.metric.Metric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers loss and metrics over batches. */
final class Judge {
  private final List<Metric> metrics;
  private final Metric.Tally[] tallies;
  private double lossSum;
  private long samples;

  Judge(List<Metric> metrics) {
    this.metrics = metrics;
    this.tallies = new Metric.Tally[metrics.size()];
    for (int i = 0; i < tallies.length; i++) {
      tallies[i] = metrics.get(i).tally();
    }
  }

  void reset() {
    lossSum = 0;
    samples = 0;
    for (Metric.Tally tally : tallies) {
      tally.reset();
    }
  }

  /**
   * Goes on from where {@link #losses} and {@link #samples} stood; metrics, whose counts no file
   * has, start from nothing.
   */
  void resume(long seen, double losses) {
    reset();
    samples = seen;
    lossSum = losses;
  }

  /** The sum of the losses of all samples since the last reset. */
  double losses() {
    return lossSum;
  }

  /** How many samples there were since the last reset. */
  long samples() {
    return samples;
  }

  /**
   * Takes in a batch and its mean loss. As in Keras that weighs as much as the batch has samples,
   * however many of their places count.
   */
  void add(Counted batch, double loss) {
    lossSum += loss * batch.samples();
    samples += batch.samples();
    if (batch.isEmpty()) {
      return;
    }
    for (Metric.Tally tally : tallies) {
      tally.add(batch.labels(), batch.prediction());
    }
  }

  Scores scores() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss", samples == 0 ? Double.NaN : lossSum / samples);
    for (int i = 0; i < tallies.length; i++) {
      values.put(metrics.get(i).name(), tallies[i].value());
    }
    return new Scores(samples, values);
  }

  /**
   * Whether the first scores are better: by the first metric, where equal or missing by the loss.
   */
  static boolean isBetter(List<Metric> metrics, Scores one, Scores other) {
    if (!metrics.isEmpty()) {
      Metric first = metrics.getFirst();
      double ahead = one.value(first.name()) - other.value(first.name());
      if (ahead != 0) {
        return first.higherIsBetter() ? ahead > 0 : ahead < 0;
      }
    }
    return one.loss() < other.loss();
  }
}
