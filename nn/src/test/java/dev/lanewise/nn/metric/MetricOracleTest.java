package dev.lanewise.nn.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Scores and areas of several labels and classes against plain loops, over batches of any size. */
class MetricOracleTest {
  /** Zeros and ones, and scores in tenths with ties: a row for each sample. */
  private static final class Data {
    final double[][] truth;
    final double[][] said;
    final int batch;

    Data(double[][] truth, double[][] said, int batch) {
      this.truth = truth;
      this.said = said;
      this.batch = batch;
    }

    static Data ofLabels(int rows, int labels, int batch, int tenthsOfYes, Random random) {
      double[][] truth = new double[rows][labels];
      for (double[] row : truth) {
        Arrays.setAll(row, which -> random.nextInt(10) < tenthsOfYes ? 1 : 0);
      }
      return new Data(truth, scores(rows, labels, random), batch);
    }

    static Data ofClasses(int rows, int classes, int batch, Random random) {
      double[][] truth = new double[rows][classes];
      for (double[] row : truth) {
        row[random.nextInt(classes)] = 1;
      }
      return new Data(truth, scores(rows, classes, random), batch);
    }

    private static double[][] scores(int rows, int classes, Random random) {
      double[][] said = new double[rows][classes];
      int steps = 1 + random.nextInt(11);
      for (double[] row : said) {
        Arrays.setAll(row, which -> random.nextInt(steps) / 10.0);
      }
      return said;
    }

    int rows() {
      return truth.length;
    }

    int classes() {
      return truth[0].length;
    }

    Data map(DoubleUnaryOperator function) {
      double[][] mapped = new double[rows()][];
      Arrays.setAll(mapped, row -> Arrays.stream(said[row]).map(function).toArray());
      return new Data(truth, mapped, batch);
    }

    /** By the metric, which is asked after every batch. */
    double gathered(Metric metric, boolean asNumbers) {
      try (Scope scope = Scope.open("property")) {
        Metric.Tally tally = metric.tally();
        double value = Double.NaN;
        for (int from = 0; from < rows(); from += batch) {
          int count = Math.min(rows() - from, batch);
          double[] labels = new double[count * classes()];
          double[] scores = new double[count * classes()];
          int[] numbers = new int[count];
          for (int i = 0; i < labels.length; i++) {
            int which = i % classes();
            labels[i] = truth[from + i / classes()][which];
            scores[i] = said[from + i / classes()][which];
            numbers[i / classes()] += labels[i] == 1 ? which : 0;
          }
          Shape shape = Shape.of(count, classes());
          tally.add(
              asNumbers ? scope.tensor(Shape.of(count), numbers) : scope.tensor(shape, labels),
              scope.tensor(shape, scores));
          value = tally.value();
        }
        return value;
      }
    }

    /** How often truth and whether a score is above a threshold are such, in some columns. */
    double count(int from, int to, double threshold, boolean isTrue, boolean isSaid) {
      double count = 0;
      for (int row = 0; row < rows(); row++) {
        for (int which = from; which < to; which++) {
          boolean same = (truth[row][which] == 1) == isTrue;
          count += same && (said[row][which] > threshold) == isSaid ? 1 : 0;
        }
      }
      return count;
    }

    double precision(int from, int to, double threshold) {
      double hits = count(from, to, threshold, true, true);
      return hits == 0 ? 0 : hits / (hits + count(from, to, threshold, false, true));
    }

    double recall(int from, int to, double threshold) {
      double hits = count(from, to, threshold, true, true);
      return hits == 0 ? 0 : hits / (hits + count(from, to, threshold, true, false));
    }

    double f1(int from, int to, double threshold) {
      double precision = precision(from, to, threshold);
      double recall = recall(from, to, threshold);
      return precision == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /** The part of pairs in order in some columns; NaN if there are none. */
    double area(int from, int to) {
      double right = 0;
      double pairs = 0;
      for (int yes = 0; yes < rows() * (to - from); yes++) {
        for (int no = 0; no < rows() * (to - from); no++) {
          int a = from + yes / rows();
          int b = from + no / rows();
          if (truth[yes % rows()][a] == 1 && truth[no % rows()][b] == 0) {
            double ahead = said[yes % rows()][a] - said[no % rows()][b];
            right += ahead > 0 ? 1 : ahead == 0 ? 0.5 : 0;
            pairs++;
          }
        }
      }
      return right / pairs;
    }

    /** Of a score of columns, those left out for which it is NaN. */
    double averaged(Average average, OfColumns score) {
      if (average == Average.MICRO) {
        return score.of(0, classes());
      }
      double sum = 0;
      double weights = 0;
      for (int which = 0; which < classes(); which++) {
        double one = score.of(which, which + 1);
        double weight = 1;
        if (average == Average.WEIGHTED) {
          weight = count(which, which + 1, Double.NEGATIVE_INFINITY, true, true);
        }
        if (!Double.isNaN(one)) {
          sum += weight * one;
          weights += weight;
        }
      }
      return sum / weights;
    }
  }

  private interface OfColumns {
    double of(int from, int to);
  }

  @Property(tries = 200)
  void scoresOfLabels(
      @ForAll @IntRange(min = 1, max = 30) int rows,
      @ForAll @IntRange(min = 1, max = 5) int labels,
      @ForAll @IntRange(min = 1, max = 9) int batch,
      @ForAll @IntRange(min = 0, max = 10) int tenthsOfYes,
      @ForAll @IntRange(min = 0, max = 9) int tenths,
      @ForAll long seed) {
    Data data = Data.ofLabels(rows, labels, batch, tenthsOfYes, new Random(seed));
    double limit = tenths / 10.0;
    Precision precision = Precision.of().threshold(limit).multiLabel(true);
    Recall recall = Recall.of().threshold(limit).multiLabel(true);
    F1 f1 = F1.of().threshold(limit).multiLabel(true);
    for (Average average : Average.values()) {
      assertScore(data, precision.average(average), average, (a, b) -> data.precision(a, b, limit));
      assertScore(data, recall.average(average), average, (a, b) -> data.recall(a, b, limit));
      assertScore(data, f1.average(average), average, (a, b) -> data.f1(a, b, limit));
    }
    int last = labels - 1;
    assertEquals(
        data.f1(last, labels, limit), data.gathered(f1.ofClass(last), false), 1e-12, "last label");
  }

  private static void assertScore(Data data, Metric metric, Average average, OfColumns plain) {
    double expected = data.averaged(average, plain);
    // Where no label occurs, weights are zero.
    assertEquals(
        Double.isNaN(expected) ? 0 : expected, data.gathered(metric, false), 1e-12, metric.name());
  }

  @Property(tries = 200)
  void partsThatAreRight(
      @ForAll @IntRange(min = 1, max = 30) int rows,
      @ForAll @IntRange(min = 1, max = 5) int labels,
      @ForAll @IntRange(min = 1, max = 9) int batch,
      @ForAll long seed) {
    Data data = Data.ofLabels(rows, labels, batch, 3, new Random(seed));
    double right =
        data.count(0, labels, 0.5, true, true) + data.count(0, labels, 0.5, false, false);
    assertEquals(
        right / rows / labels, data.gathered(Accuracy.of().multiLabel(true), false), 1e-12);
    double exact = 0;
    for (int row = 0; row < rows; row++) {
      double[] rounded = Arrays.stream(data.said[row]).map(score -> score > 0.5 ? 1 : 0).toArray();
      exact += Arrays.equals(data.truth[row], rounded) ? 1 : 0;
    }
    assertEquals(exact / rows, data.gathered(ExactMatch.of(), false), 1e-12);
  }

  @Property(tries = 200)
  void areasOfLabels(
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll @IntRange(min = 1, max = 4) int labels,
      @ForAll @IntRange(min = 1, max = 9) int batch,
      @ForAll @IntRange(min = 0, max = 10) int tenthsOfYes,
      @ForAll long seed) {
    Data data = Data.ofLabels(rows, labels, batch, tenthsOfYes, new Random(seed));
    for (Average average : Average.values()) {
      Metric metric = AUC.of().average(average);
      double area = data.gathered(metric, false);
      assertEquals(data.averaged(average, data::area), area, 1e-12, metric.name());
      assertEquals(area, data.map(Math::exp).gathered(metric, false), metric.name());
      assertEquals(1 - area, data.map(score -> -score).gathered(metric, false), 1e-12);
    }
    Metric last = AUC.of().ofClass(labels - 1);
    assertEquals(data.area(labels - 1, labels), data.gathered(last, false), 1e-12);
  }

  @Property(tries = 200)
  void areasOfClasses(
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll @IntRange(min = 2, max = 4) int classes,
      @ForAll @IntRange(min = 1, max = 9) int batch,
      @ForAll long seed) {
    Data data = Data.ofClasses(rows, classes, batch, new Random(seed));
    for (Average average : Average.values()) {
      Metric metric = AUC.of().average(average);
      double area = data.gathered(metric, true);
      assertEquals(data.averaged(average, data::area), area, 1e-12, metric.name());
      assertEquals(area, data.gathered(metric, false), metric.name());
    }
  }
}
