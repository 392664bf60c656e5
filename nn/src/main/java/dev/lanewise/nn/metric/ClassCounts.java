package dev.lanewise.nn.metric;

import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;

/**
 * How often each of several labels was found, wrongly said and missed, gathered over batches: a
 * confusion matrix of yes and no for each, scikit-learn's {@code multilabel_confusion_matrix}.
 *
 * <pre>{@code
 * ClassCounts counts = ClassCounts.multiLabel(5);
 * counts.add(labels, model.predict(samples));
 * counts.outcomes(3).recall();  // of the fourth label
 * }</pre>
 *
 * <p>Labels and prediction of a batch: {@code [n, labels]}; labels are zeros and ones, further axes
 * may stand between. Where each sample has one class, {@link ConfusionMatrix} tells more. Belongs
 * to one thread.
 */
public final class ClassCounts {
  private final String user;
  private final double threshold;
  private final boolean multiLabel;
  private int classes;
  private long[] truth;
  private long[] said;
  private long[] both;
  private long samples;
  private boolean yesOrNo;

  /**
   * Of no batches.
   *
   * @param user named in errors
   * @param classes how many there are; 0 if the first batch tells
   */
  ClassCounts(String user, double threshold, boolean multiLabel, int classes) {
    this.user = user;
    this.threshold = threshold;
    this.multiLabel = multiLabel;
    open(classes);
  }

  private void open(int number) {
    classes = number;
    truth = new long[number];
    said = new long[number];
    both = new long[number];
  }

  /** Of so many labels, any of which a sample may have, with a threshold of one half. */
  public static ClassCounts multiLabel(int labels) {
    return multiLabel(labels, 0.5);
  }

  /** Of so many labels, any of which a sample may have, said where predicted above a threshold. */
  public static ClassCounts multiLabel(int labels, double threshold) {
    if (labels < 1) {
      throw new IllegalArgumentException("classCounts: at least one label, not " + labels);
    }
    return new ClassCounts("classCounts", threshold, true, labels);
  }

  /**
   * Takes in a batch.
   *
   * @throws IllegalArgumentException if labels and prediction do not fit each other or what came
   *     before
   */
  public void add(Tensor labels, Tensor prediction) {
    Decisions decisions = Decisions.of(user, threshold, multiLabel, labels, prediction);
    if (classes == 0) {
      open(decisions.classes());
    }
    Values.requireClasses(user, classes, decisions.classes(), labels, prediction);
    yesOrNo = decisions.isByThreshold();
    if (multiLabel) {
      countLabels(decisions);
    } else {
      decisions.requireKnown(user, labels, prediction);
      countClasses(decisions);
    }
  }

  private void countLabels(Decisions decisions) {
    for (int i = 0; i < decisions.count(); i++) {
      int which = i % classes;
      boolean isTrue = decisions.truth(i) == 1;
      boolean isSaid = decisions.said(i) == 1;
      truth[which] += isTrue ? 1 : 0;
      said[which] += isSaid ? 1 : 0;
      both[which] += isTrue && isSaid ? 1 : 0;
    }
    samples += decisions.count() / classes;
  }

  private void countClasses(Decisions decisions) {
    for (int i = 0; i < decisions.count(); i++) {
      int which = (int) decisions.truth(i);
      truth[which]++;
      said[decisions.said(i)]++;
      both[which] += which == decisions.said(i) ? 1 : 0;
    }
    samples += decisions.count();
  }

  /** How many labels there are. */
  public int classes() {
    return classes;
  }

  /** How many samples have been seen. */
  public long samples() {
    return samples;
  }

  /** Whether predictions were one number each, between no and yes. */
  boolean isYesOrNo() {
    return yesOrNo;
  }

  /** Of one label. */
  public Outcomes outcomes(int which) {
    Objects.checkIndex(which, classes);
    long missed = truth[which] - both[which];
    return new Outcomes(
        both[which], said[which] - both[which], missed, samples - said[which] - missed);
  }

  /** Of all labels together, from which micro averages are taken. */
  public Outcomes total() {
    Outcomes sum = Outcomes.NONE;
    for (int which = 0; which < classes; which++) {
      sum = sum.plus(outcomes(which));
    }
    return sum;
  }

  /** Starts from nothing again. */
  public void reset() {
    Arrays.fill(truth, 0);
    Arrays.fill(said, 0);
    Arrays.fill(both, 0);
    samples = 0;
  }
}
