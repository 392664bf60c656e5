package dev.lanewise.nn.metric;

import dev.lanewise.tensor.Tensor;

/**
 * The part of samples of which all labels are predicted right: none missed, none too many. Labels
 * and prediction: {@code [n, labels]}; labels are zeros and ones, said where the prediction is
 * above the threshold; further axes may stand between. scikit-learn's {@code accuracy_score} of
 * several labels per sample (subset accuracy). {@link Accuracy} counts each label on its own.
 *
 * @param threshold between no and yes; 0 where predictions are logits
 */
public record ExactMatch(double threshold) implements Metric {
  /** With a threshold of one half. */
  public static ExactMatch of() {
    return new ExactMatch(0.5);
  }

  /** This metric with another threshold. */
  public ExactMatch threshold(double other) {
    return new ExactMatch(other);
  }

  @Override
  public String name() {
    return "exact_match";
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Tally tally() {
    return new Count();
  }

  private final class Count implements Tally {
    private long right;
    private long seen;

    @Override
    public void add(Tensor labels, Tensor prediction) {
      Decisions decisions = Decisions.of(name(), threshold, true, labels, prediction);
      for (int from = 0; from < decisions.count(); from += decisions.classes()) {
        int agreed = 0;
        for (int i = from; i < from + decisions.classes(); i++) {
          agreed += decisions.said(i) == decisions.truth(i) ? 1 : 0;
        }
        right += agreed == decisions.classes() ? 1 : 0;
        seen++;
      }
    }

    @Override
    public double value() {
      return seen == 0 ? Double.NaN : (double) right / seen;
    }

    @Override
    public void reset() {
      right = 0;
      seen = 0;
    }
  }
}
