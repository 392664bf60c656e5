package dev.lanewise.nn.metric;

import dev.lanewise.tensor.Tensor;

/**
 * The part of predictions that are right; what right means follows from the labels, as in Keras:
 *
 * <ul>
 *   <li>classes as numbers, predictions {@code [n, classes]}: the greatest prediction is the
 *       label's;
 *   <li>labels of the predictions' shape {@code [n, classes]}: the greatest stand in the same
 *       place;
 *   <li>one number each, predictions {@code [n, 1]} or {@code [n]}: the prediction lies on the
 *       label's side of the threshold.
 * </ul>
 *
 * <p>Where a sample may have several labels, say {@code multiLabel(true)}; shapes cannot tell.
 * Labels and prediction are {@code [n, labels]} then, labels are zeros and ones, further axes may
 * stand between, and every element is a prediction of its own, right on its label's side of the
 * threshold: Keras' {@code BinaryAccuracy}, one less the Hamming loss. {@link ExactMatch} wants all
 * labels of a sample to be right.
 *
 * @param threshold between no and yes; 0 where predictions are logits
 * @param multiLabel whether a sample may have several labels
 */
public record Accuracy(double threshold, boolean multiLabel) implements Metric {
  /** With a threshold of one half. */
  public static Accuracy of() {
    return new Accuracy(0.5, false);
  }

  /** This metric with another threshold. */
  public Accuracy threshold(double other) {
    return new Accuracy(other, multiLabel);
  }

  /** This metric for samples with several labels each, or with one class each. */
  public Accuracy multiLabel(boolean wanted) {
    return new Accuracy(threshold, wanted);
  }

  @Override
  public String name() {
    return "accuracy";
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
      Decisions decisions = Decisions.of(name(), threshold, multiLabel, labels, prediction);
      for (int i = 0; i < decisions.count(); i++) {
        right += decisions.said(i) == decisions.truth(i) ? 1 : 0;
      }
      seen += decisions.count();
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
