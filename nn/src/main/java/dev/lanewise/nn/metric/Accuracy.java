package dev.lanewise.nn.metric;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
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
 * @param threshold between no and yes; 0 where predictions are logits
 */
public record Accuracy(double threshold) implements Metric {
  /** With a threshold of one half. */
  public static Accuracy of() {
    return new Accuracy(0.5);
  }

  /** This metric with another threshold. */
  public Accuracy threshold(double other) {
    return new Accuracy(other);
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
      Shape shape = prediction.shape();
      Tensor scores = prediction.untracked();
      long classes = shape.rank() < 2 ? 1 : shape.extent(-1);
      long rows = prediction.size() / Math.max(1, classes);
      boolean whole = labels.dtype().equals(DType.I32) || labels.dtype().equals(DType.I64);
      if (classes > 1 && whole && labels.size() == rows) {
        count(scores.argmax(-1).toLongs(), labels.cast(DType.I64).toLongs());
      } else if (classes > 1 && labels.shape().equals(shape)) {
        count(scores.argmax(-1).toLongs(), labels.argmax(-1).toLongs());
      } else if (classes == 1 && labels.size() == rows) {
        count(above(threshold, scores), above(0.5, labels));
      } else {
        throw new IllegalArgumentException(
            "accuracy: labels do not fit: labels " + labels.spec() + " x prediction " + shape);
      }
    }

    private void count(long[] said, long[] truth) {
      for (int i = 0; i < said.length; i++) {
        right += said[i] == truth[i] ? 1 : 0;
      }
      seen += said.length;
    }

    private static long[] above(double limit, Tensor values) {
      double[] wide = values.cast(DType.F64).toDoubles();
      long[] above = new long[wide.length];
      for (int i = 0; i < wide.length; i++) {
        above[i] = wide[i] > limit ? 1 : 0;
      }
      return above;
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
