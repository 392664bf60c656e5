package dev.lanewise.nn.metric;

import java.util.OptionalInt;

/**
 * The part of the samples of a class that are found: {@code tp / (tp + fn)}, 0 where there are
 * none. What a batch may be is as for {@link Accuracy}:
 *
 * <ul>
 *   <li>one number each: it is that of yes, class 1;
 *   <li>one of several classes each: it is the average over all classes, macro if nothing else is
 *       said;
 *   <li>several labels each, if {@code multiLabel}: labels and prediction {@code [n, labels]},
 *       zeros and ones, said where above the threshold; it is the average over all labels.
 * </ul>
 *
 * <p>In all cases it may be that of a class of choice. Keras' {@code Recall}, scikit-learn's {@code
 * recall_score}.
 *
 * @param threshold between no and yes where each number is judged by itself; 0 where it is a logit
 * @param multiLabel whether a sample may have several labels
 * @param average how the scores of several classes become one
 * @param chosen the class it is taken of instead
 */
public record Recall(double threshold, boolean multiLabel, Average average, OptionalInt chosen)
    implements Metric {
  /** Checks the class. */
  public Recall {
    Score.require("recall", chosen);
  }

  /** With a threshold of one half. */
  public static Recall of() {
    return new Recall(0.5, false, Average.MACRO, OptionalInt.empty());
  }

  /** This metric with another threshold. */
  public Recall threshold(double other) {
    return new Recall(other, multiLabel, average, chosen);
  }

  /** This metric for samples with several labels each, or with one class each. */
  public Recall multiLabel(boolean wanted) {
    return new Recall(threshold, wanted, average, chosen);
  }

  /** This metric as an average over all classes. */
  public Recall average(Average other) {
    return new Recall(threshold, multiLabel, other, OptionalInt.empty());
  }

  /** This metric of one class, or of one label. */
  public Recall ofClass(int which) {
    return new Recall(threshold, multiLabel, average, OptionalInt.of(which));
  }

  /** Such as {@code recall}, {@code recall_micro}, or {@code recall_2} of class 2. */
  @Override
  public String name() {
    return average.name("recall", chosen);
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Tally tally() {
    return new Score(
        name(),
        new ClassCounts(name(), threshold, multiLabel, 0),
        average,
        chosen,
        Outcomes::recall);
  }
}
