package dev.lanewise.nn.metric;

import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;

/**
 * How often each class was taken for each other, gathered over batches.
 *
 * <pre>{@code
 * ConfusionMatrix matrix = ConfusionMatrix.of(10);
 * matrix.add(labels, model.predict(samples));
 * matrix.count(4, 9);  // fours taken for nines
 * }</pre>
 *
 * <p>What a batch may be is as for {@link Accuracy}; predictions of one number make two classes. As
 * a tally its value is the accuracy. Belongs to one thread.
 */
public final class ConfusionMatrix implements Metric.Tally {
  private static final String NAME = "confusionMatrix";

  private final double threshold;
  private final int classes;
  private final long[] counts;

  private ConfusionMatrix(double threshold, int classes) {
    this.threshold = threshold;
    this.classes = classes;
    this.counts = new long[Math.multiplyExact(classes, classes)];
  }

  /** Of so many classes, with a threshold of one half where there are two. */
  public static ConfusionMatrix of(int classes) {
    return of(classes, 0.5);
  }

  /** Of so many classes, with a threshold between no and yes where predictions are one number. */
  public static ConfusionMatrix of(int classes, double threshold) {
    if (classes < 2) {
      throw new IllegalArgumentException(NAME + ": at least two classes, not " + classes);
    }
    return new ConfusionMatrix(threshold, classes);
  }

  /**
   * Takes in a batch.
   *
   * @throws IllegalArgumentException if labels and prediction do not fit each other or the matrix
   */
  @Override
  public void add(Tensor labels, Tensor prediction) {
    Decisions decisions = Decisions.of(NAME, threshold, false, labels, prediction);
    Values.requireClasses(NAME, classes, decisions.classes(), labels, prediction);
    decisions.requireKnown(NAME, labels, prediction);
    for (int i = 0; i < decisions.count(); i++) {
      counts[(int) (decisions.truth(i) * classes + decisions.said(i))]++;
    }
  }

  /** How many classes there are. */
  public int classes() {
    return classes;
  }

  /** How often {@code truth} was taken for {@code said}. */
  public long count(int truth, int said) {
    return counts[cell(truth, said)];
  }

  private int cell(int truth, int said) {
    return Objects.checkIndex(truth, classes) * classes + Objects.checkIndex(said, classes);
  }

  /** A copy: a row for each label, a column for each prediction. */
  public long[][] counts() {
    long[][] rows = new long[classes][];
    for (int row = 0; row < classes; row++) {
      rows[row] = Arrays.copyOfRange(counts, row * classes, (row + 1) * classes);
    }
    return rows;
  }

  /** Of one class against all others. */
  public Outcomes outcomes(int which) {
    long hits = count(which, which);
    long wrong = -hits;
    long missed = -hits;
    for (int other = 0; other < classes; other++) {
      wrong += count(other, which);
      missed += count(which, other);
    }
    return new Outcomes(hits, wrong, missed, samples() - hits - wrong - missed);
  }

  /** The part of the predictions of a class that are right; 0 where there are none. */
  public double precision(int which) {
    return outcomes(which).precision();
  }

  /** The part of the samples of a class that are found; 0 where there are none. */
  public double recall(int which) {
    return outcomes(which).recall();
  }

  /** The harmonic mean of precision and recall of a class; 0 where it never occurs. */
  public double f1(int which) {
    return outcomes(which).f1();
  }

  /** How many samples have been seen. */
  public long samples() {
    return Arrays.stream(counts).sum();
  }

  /** The part of all predictions that are right; NaN if there are none. */
  @Override
  public double value() {
    long right = 0;
    for (int i = 0; i < classes; i++) {
      right += count(i, i);
    }
    long all = samples();
    return all == 0 ? Double.NaN : (double) right / all;
  }

  @Override
  public void reset() {
    Arrays.fill(counts, 0);
  }

  /** A table: a row for each label, a column for each prediction. */
  @Override
  public String toString() {
    int width = Math.max(4, Long.toString(Arrays.stream(counts).max().orElse(0)).length() + 1);
    String cell = "%" + width + "s";
    StringBuilder text = new StringBuilder("true\\said");
    for (int said = 0; said < classes; said++) {
      text.append(cell.formatted(said));
    }
    for (int truth = 0; truth < classes; truth++) {
      text.append("\n%9d".formatted(truth));
      for (int said = 0; said < classes; said++) {
        text.append(cell.formatted(count(truth, said)));
      }
    }
    return text.toString();
  }
}
