package dev.lanewise.nn.metric;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The area under the receiver operating characteristic: how likely a sample of yes is rated higher
 * than one of no, ties counting half, {@code (sum over pairs of [yes > no] + [yes = no] / 2) /
 * pairs} (Mann and Whitney 1947). What yes means follows from the shapes:
 *
 * <ul>
 *   <li>one number each, prediction {@code [n, 1]} or {@code [n]}, a label for each: labels above
 *       one half mean yes;
 *   <li>classes as numbers, prediction {@code [n, classes]}: each class against the rest, by its
 *       column of the prediction (scikit-learn's {@code multi_class="ovr"});
 *   <li>labels of zeros and ones of the prediction's shape {@code [n, classes]}, one or several in
 *       a row: each column by itself (Keras' {@code multi_label=True}).
 * </ul>
 *
 * <p>Further axes may stand between. Several classes give the macro average if nothing else is
 * said. The micro average takes every element as a sample, which is Keras' default.
 *
 * <p>A class that all samples have, or none, has no area: NaN if it is chosen, left out of
 * averages, which are NaN if nothing is left. That depends on labels only, so models judged on one
 * set are averaged over the same classes. (scikit-learn gives NaN for macro averages then, Keras
 * counts the class as 0.) A score of NaN makes the area NaN.
 *
 * <p>It is exact, for which all scores are kept, 8 bytes each; Keras' {@code AUC} adds up an area
 * over 200 thresholds.
 *
 * @param average how the areas of several classes become one
 * @param chosen the class it is taken of instead
 */
public record AUC(Average average, OptionalInt chosen) implements Metric {
  /** Checks the class. */
  public AUC {
    Score.require("auc", chosen);
  }

  /** Of one class, or the macro average. */
  public static AUC of() {
    return new AUC(Average.MACRO, OptionalInt.empty());
  }

  /** This metric as an average over all classes. */
  public AUC average(Average other) {
    return new AUC(other, OptionalInt.empty());
  }

  /** This metric of one class, or of one label. */
  public AUC ofClass(int which) {
    return new AUC(average, OptionalInt.of(which));
  }

  /** Such as {@code auc}, {@code auc_weighted}, or {@code auc_2} of class 2. */
  @Override
  public String name() {
    return average.name("auc", chosen);
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Tally tally() {
    return new Areas();
  }

  private final class Areas implements Tally {
    /** One for each class; a single one if one class counts, or all together. */
    private Ranking[] rankings = {};

    private int width;

    @Override
    public void add(Tensor labels, Tensor prediction) {
      int columns = prediction.rank() < 2 ? 1 : (int) prediction.extent(-1);
      long[] truth = marks(labels, prediction, columns);
      // Yes and no are two classes with one area.
      Score.requireAmong(name(), chosen, Math.max(2, columns), labels, prediction);
      if (rankings.length == 0) {
        open(columns);
      }
      Values.requireClasses(name(), width, columns, labels, prediction);
      double[] said = Values.of(prediction);
      for (int i = 0; i < said.length; i++) {
        int column = i % width;
        if (rankings.length == width) {
          rankings[column].add(truth[i] == 1, said[i]);
        } else if (chosen.isEmpty() || chosen.getAsInt() == column) {
          rankings[0].add(truth[i] == 1, said[i]);
        }
      }
    }

    private void open(int columns) {
      boolean single = chosen.isPresent() || average == Average.MICRO;
      width = columns;
      rankings = new Ranking[single ? 1 : columns];
      Arrays.setAll(rankings, which -> new Ranking());
    }

    /** For each predicted number whether it is one of yes, 1, or of no, 0. */
    private long[] marks(Tensor labels, Tensor prediction, int columns) {
      if (columns == 1) {
        Values.requireAlike(name(), labels, prediction);
        return Decisions.above(0.5, labels);
      }
      long rows = prediction.size() / Math.max(1, columns);
      if (columns > 1 && Decisions.isWhole(labels) && labels.size() == rows) {
        long[] truth = labels.cast(DType.I64).toLongs();
        Values.requireKnown(name(), truth, columns, labels, prediction);
        long[] marks = new long[Math.multiplyExact(truth.length, columns)];
        for (int row = 0; row < truth.length; row++) {
          marks[row * columns + (int) truth[row]] = 1;
        }
        return marks;
      } else if (columns > 1 && labels.shape().equals(prediction.shape())) {
        return Values.zerosAndOnes(name(), labels, prediction);
      }
      throw Values.unfit(name(), labels, prediction);
    }

    @Override
    public double value() {
      double[] areas = new double[rankings.length];
      long[] occurrences = new long[rankings.length];
      int defined = 0;
      for (Ranking ranking : rankings) {
        if (ranking.yes.count > 0 && ranking.no.count > 0) {
          areas[defined] = ranking.area();
          occurrences[defined++] = ranking.yes.count;
        }
      }
      return average.mean(Arrays.copyOf(areas, defined), Arrays.copyOf(occurrences, defined));
    }

    @Override
    public void reset() {
      for (Ranking ranking : rankings) {
        ranking.yes.reset();
        ranking.no.reset();
      }
    }
  }

  /** The scores of one class and of the rest. */
  private static final class Ranking {
    final Scores yes = new Scores();
    final Scores no = new Scores();

    void add(boolean isYes, double score) {
      (isYes ? yes : no).add(score);
    }

    /** The part of pairs in order; NaN if a score is. There are both kinds. */
    double area() {
      yes.sort();
      no.sort();
      if (yes.hasNaN() || no.hasNaN()) {
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

    void reset() {
      count = 0;
      sorted = 0;
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
