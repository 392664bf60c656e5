package dev.lanewise.nn.metric;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Tensor;

/**
 * The part of predictions in which fewer than {@code k} classes are rated higher than the label's.
 * Labels: classes as numbers, or of the predictions' shape, of which the greatest counts.
 * Prediction: {@code [n, classes]}; further axes may stand between. Keras' {@code
 * TopKCategoricalAccuracy} and {@code SparseTopKCategoricalAccuracy}, whose default is 5.
 *
 * @param k how many guesses there are
 */
public record TopKAccuracy(int k) implements Metric {
  /** Checks the number. */
  public TopKAccuracy {
    if (k < 1) {
      throw new IllegalArgumentException("topKAccuracy: at least one guess, not " + k);
    }
  }

  /** With so many guesses. */
  public static TopKAccuracy of(int k) {
    return new TopKAccuracy(k);
  }

  @Override
  public String name() {
    return "top_" + k + "_accuracy";
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
      if (prediction.rank() < 2) {
        throw Values.unfit(name(), labels, prediction);
      }
      int classes = (int) prediction.extent(-1);
      long rows = prediction.size() / Math.max(1, classes);
      long[] truth;
      if (Decisions.isWhole(labels) && labels.size() == rows) {
        truth = labels.cast(DType.I64).toLongs();
      } else if (labels.shape().equals(prediction.shape())) {
        truth = labels.argmax(-1).toLongs();
      } else {
        throw Values.unfit(name(), labels, prediction);
      }
      double[] scores = Values.of(prediction);
      for (int row = 0; row < truth.length; row++) {
        right += isAmongBest(scores, row * classes, classes, truth[row]) ? 1 : 0;
      }
      seen += truth.length;
    }

    private boolean isAmongBest(double[] scores, int from, int classes, long label) {
      if (label < 0 || label >= classes || !Double.isFinite(scores[from + (int) label])) {
        return false;
      }
      int higher = 0;
      for (int i = from; i < from + classes; i++) {
        higher += scores[i] > scores[from + (int) label] ? 1 : 0;
      }
      return higher < k;
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
