package dev.lanewise.nn.metric;

import dev.lanewise.tensor.Tensor;
import java.util.Arrays;

/**
 * The area under the receiver operating characteristic: how likely a sample of yes is rated higher
 * than one of no, ties counting half (Mann and Whitney 1947). It is exact, for which all scores are
 * kept; Keras' {@code AUC} adds up an area over 200 thresholds. NaN where all labels are alike or a
 * score is NaN. Labels above one half mean yes. Labels and prediction: one shape, every element a
 * sample; labels {@code [n]} stand for {@code [n, 1]}.
 */
public record AUC() implements Metric {
  /** The metric. */
  public static AUC of() {
    return new AUC();
  }

  @Override
  public String name() {
    return "auc";
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Tally tally() {
    return new Ranking();
  }

  private final class Ranking implements Tally {
    private final Scores yes = new Scores();
    private final Scores no = new Scores();

    @Override
    public void add(Tensor labels, Tensor prediction) {
      Values.requireAlike(name(), labels, prediction);
      double[] truth = Values.of(labels);
      double[] said = Values.of(prediction);
      for (int i = 0; i < said.length; i++) {
        (truth[i] > 0.5 ? yes : no).add(said[i]);
      }
    }

    @Override
    public double value() {
      yes.sort();
      no.sort();
      if (yes.count == 0 || no.count == 0 || yes.hasNaN() || no.hasNaN()) {
        return Double.NaN;
      }
      double pairs = 0;
      int below = 0;
      int notAbove = 0;
      for (int i = 0; i < yes.count; i++) {
        double score = yes.values[i];
        while (below < no.count && no.values[below] < score) {
          below++;
        }
        while (notAbove < no.count && no.values[notAbove] <= score) {
          notAbove++;
        }
        pairs += 0.5 * below + 0.5 * notAbove;
      }
      return pairs / yes.count / no.count;
    }

    @Override
    public void reset() {
      yes.count = 0;
      no.count = 0;
      yes.sorted = 0;
      no.sorted = 0;
    }
  }

  /** Numbers, sorted but for the last, so that asking after every batch does not sort anew. */
  private static final class Scores {
    double[] values = new double[64];
    int count;
    int sorted;

    void add(double value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, Math.multiplyExact(2, count));
      }
      values[count++] = value;
    }

    boolean hasNaN() {
      return Double.isNaN(values[count - 1]);
    }

    /** Sorts the last and merges them from the end; NaN comes last. */
    void sort() {
      double[] last = Arrays.copyOfRange(values, sorted, count);
      Arrays.sort(last);
      int old = sorted - 1;
      int next = last.length - 1;
      for (int to = count - 1; next >= 0; to--) {
        boolean fromOld = old >= 0 && Double.compare(values[old], last[next]) > 0;
        values[to] = fromOld ? values[old--] : last[next--];
      }
      sorted = count;
    }
  }
}
