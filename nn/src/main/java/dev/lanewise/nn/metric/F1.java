package dev.lanewise.nn.metric;

import java.util.OptionalInt;

/**
 * The harmonic mean of precision and recall: {@code 2 tp / (2 tp + fp + fn)}, 0 where a class never
 * occurs. What a batch may be is as for {@link Accuracy}:
 *
 * <ul>
 *   <li>one number each: it is that of yes, class 1;
 *   <li>one of several classes each: it is the average over all classes, macro if nothing else is
 *       said;
 *   <li>several labels each, if {@code multiLabel}: labels and prediction {@code [n, labels]},
 *       zeros and ones, said where above the threshold; it is the average over all labels.
 * </ul>
 *
 * <p>In all cases it may be that of a class of choice. Keras' {@code F1Score}, scikit-learn's
 * {@code f1_score}.
 *
 * @param threshold between no and yes where each number is judged by itself; 0 where it is a logit
 * @param multiLabel whether a sample may have several labels
 * @param average how the scores of several classes become one
 * @param chosen the class it is taken of instead
 */
public record F1(double threshold, boolean multiLabel, Average average, OptionalInt chosen)
    implements Metric {
  /** Checks the class. */
  public F1 {
    Score.require("f1_score", chosen);
  }

  /** With a threshold of one half. */
  public static F1 of() {
    return new F1(0.5, false, Average.MACRO, OptionalInt.empty());
  }

  /** This metric with another threshold. */
  public F1 threshold(double other) {
    return new F1(other, multiLabel, average, chosen);
  }

  /** This metric for samples with several labels each, or with one class each. */
  public F1 multiLabel(boolean wanted) {
    return new F1(threshold, wanted, average, chosen);
  }

  /** This metric as an average over all classes. */
  public F1 average(Average other) {
    return new F1(threshold, multiLabel, other, OptionalInt.empty());
  }

  /** This metric of one class, or of one label. */
  public F1 ofClass(int which) {
    return new F1(threshold, multiLabel, average, OptionalInt.of(which));
  }

  /** Such as {@code f1_score}, {@code f1_score_micro}, or {@code f1_score_2} of class 2. */
  @Override
  public String name() {
    return average.name("f1_score", chosen);
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Tally tally() {
    return new Score(
        name(), new ClassCounts(name(), threshold, multiLabel, 0), average, chosen, Outcomes::f1);
  }
}
