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
  private final String user;
  private final double threshold;
  private final boolean grows;
  private int classes;
  private long[] counts;
  private boolean byThreshold;

  ConfusionMatrix(String user, double threshold, int classes, boolean grows) {
    this.user = user;
    this.threshold = threshold;
    this.classes = classes;
    this.grows = grows;
    this.counts = new long[Math.multiplyExact(classes, classes)];
  }

  /** Of so many classes, with a threshold of one half where there are two. */
  public static ConfusionMatrix of(int classes) {
    return of(classes, 0.5);
  }

  /** Of so many classes, with a threshold between no and yes where predictions are one number. */
  public static ConfusionMatrix of(int classes, double threshold) {
    if (classes < 2) {
      throw new IllegalArgumentException("confusionMatrix: at least two classes, not " + classes);
    }
    return new ConfusionMatrix("confusionMatrix", threshold, classes, false);
  }

  /**
   * Takes in a batch.
   *
   * @throws IllegalArgumentException if labels and prediction do not fit each other or the matrix
   */
  @Override
  public void add(Tensor labels, Tensor prediction) {
    Decisions decisions = Decisions.of(user, threshold, labels, prediction);
    if (decisions.classes() != classes) {
      if (!grows || classes != 0) {
        throw new IllegalArgumentException(
            "%s: %d classes expected: labels %s x prediction %s"
                .formatted(user, classes, labels.spec(), prediction.shape()));
      }
      classes = decisions.classes();
      counts = new long[classes * classes];
    }
    byThreshold = decisions.isByThreshold();
    for (int i = 0; i < decisions.count(); i++) {
      long truth = decisions.truth(i);
      if (truth < 0 || truth >= classes) {
        throw new IllegalArgumentException(
            "%s: label %d in place %d is none of %d classes: labels %s x prediction %s"
                .formatted(user, truth, i, classes, labels.spec(), prediction.shape()));
      }
      counts[(int) (truth * classes + decisions.said(i))]++;
    }
  }

  /** How many classes there are. */
  public int classes() {
    return classes;
  }

  /** Whether predictions were one number each. */
  boolean isByThreshold() {
    return byThreshold;
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

  /** The part of the predictions of a class that are right; 0 where there are none. */
  public double precision(int which) {
    return share(count(which, which), said(which));
  }

  /** The part of the samples of a class that are found; 0 where there are none. */
  public double recall(int which) {
    return share(count(which, which), truth(which));
  }

  /** The harmonic mean of precision and recall of a class; 0 where it never occurs. */
  public double f1(int which) {
    return share(2 * count(which, which), said(which) + truth(which));
  }

  private long said(int which) {
    long sum = 0;
    for (int truth = 0; truth < classes; truth++) {
      sum += count(truth, which);
    }
    return sum;
  }

  private long truth(int which) {
    long sum = 0;
    for (int said = 0; said < classes; said++) {
      sum += count(which, said);
    }
    return sum;
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
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
