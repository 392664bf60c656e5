package dev.lanewise.nn.metric;

import java.util.OptionalInt;

/**
 * The part of the predictions of a class that are right: {@code tp / (tp + fp)}, 0 where there are
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
 * <p>In all cases it may be that of a class of choice. Keras' {@code Precision}, scikit-learn's
 * {@code precision_score}.
 *
 * @param threshold between no and yes where each number is judged by itself; 0 where it is a logit
 * @param multiLabel whether a sample may have several labels
 * @param average how the scores of several classes become one
 * @param chosen the class it is taken of instead
 */
public record Precision(double threshold, boolean multiLabel, Average average, OptionalInt chosen)
    implements Metric {
  /** Checks the class. */
  public Precision {
    Score.require("precision", chosen);
  }

  /** With a threshold of one half. */
  public static Precision of() {
    return new Precision(0.5, false, Average.MACRO, OptionalInt.empty());
  }

  /** This metric with another threshold. */
  public Precision threshold(double other) {
    return new Precision(other, multiLabel, average, chosen);
  }

  /** This metric for samples with several labels each, or with one class each. */
  public Precision multiLabel(boolean wanted) {
    return new Precision(threshold, wanted, average, chosen);
  }

  /** This metric as an average over all classes. */
  public Precision average(Average other) {
    return new Precision(threshold, multiLabel, other, OptionalInt.empty());
  }

  /** This metric of one class, or of one label. */
  public Precision ofClass(int which) {
    return new Precision(threshold, multiLabel, average, OptionalInt.of(which));
  }

  /** Such as {@code precision}, {@code precision_micro}, or {@code precision_2} of class 2. */
  @Override
  public String name() {
    return average.name("precision", chosen);
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
        Outcomes::precision);
  }
}
