package dev.lanewise.nn.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Metrics against counts and sums by hand, over batches of unequal size. */
class MetricTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor column(double... values) {
    return scope.tensor(Shape.of(values.length), values);
  }

  /** Rates one class highest in each row. */
  private Tensor saying(int classes, int... said) {
    double[] scores = new double[said.length * classes];
    for (int row = 0; row < said.length; row++) {
      scores[row * classes + said[row]] = 1;
    }
    return scope.tensor(Shape.of(said.length, classes), scores);
  }

  private Tensor classes(int... labels) {
    return scope.tensor(Shape.of(labels.length), labels);
  }

  @Test
  void noBatchesGiveNoNumberAndResetForgets() {
    for (Metric metric :
        List.of(
            Accuracy.of(),
            Precision.of(),
            Recall.of(),
            F1.of(),
            AUC.of(),
            MeanAbsoluteError.of(),
            MeanSquaredError.of(),
            RootMeanSquaredError.of(),
            R2.of())) {
      Metric.Tally tally = metric.tally();
      assertTrue(Double.isNaN(tally.value()), metric.name());
      tally.add(column(1, 0, 1, 1), column(0.1, 0.9, 0.2, 0.3));
      double bad = tally.value();
      tally.reset();
      assertTrue(Double.isNaN(tally.value()), metric.name());
      tally.add(column(1, 0), column(1, 0));
      double good = tally.value();
      assertEquals(metric.higherIsBetter(), good > bad, metric.name());
    }
  }

  @Test
  void topKCountsTheClassesRatedHigher() {
    Tensor said = scope.tensor(Shape.of(2, 4), .1f, .4f, .3f, .2f, .25f, .25f, .25f, .25f);
    for (int k = 1; k <= 4; k++) {
      Metric.Tally tally = TopKAccuracy.of(k).tally();
      tally.add(classes(3, 0), said);
      assertEquals(k >= 3 ? 1 : 0.5, tally.value());
    }
    Metric.Tally oneHot = TopKAccuracy.of(2).tally();
    oneHot.add(scope.tensor(Shape.of(2, 4), 0f, 0, 1, 0, 0, 0, 0, 1), said);
    assertEquals(1, oneHot.value());
    Metric.Tally blind = TopKAccuracy.of(4).tally();
    blind.add(classes(1), scope.tensor(Shape.of(1, 2), 0, Double.NaN));
    assertEquals(0, blind.value());
    assertEquals("top_3_accuracy", TopKAccuracy.of(3).name());
  }

  @Test
  void yesOrNoGivesTheScoresOfYes() {
    // Three hits, one false alarm, two misses.
    Tensor[] labels = {column(1, 1, 0, 0), classes(1, 1, 1)};
    Tensor[] said = {
      column(0.9, 0.2, 0.7, 0.1), scope.tensor(Shape.of(3, 1), 0.8f, 0.6f, 0.5f),
    };
    Metric[] metrics = {Precision.of(), Recall.of(), F1.of()};
    double[] expected = {3 / 4.0, 3 / 5.0, 2 * 0.75 * 0.6 / 1.35};
    for (int i = 0; i < metrics.length; i++) {
      Metric.Tally tally = metrics[i].tally();
      tally.add(labels[0], said[0]);
      tally.add(labels[1], said[1]);
      assertEquals(expected[i], tally.value(), 1e-15, metrics[i].name());
    }
    Metric.Tally strict = Precision.of().threshold(0.75).tally();
    strict.add(labels[0], said[0]);
    assertEquals(1, strict.value());
  }

  @Test
  void classesGiveTheMeanOverAll() {
    Tensor[] labels = {classes(0, 0, 0, 1), classes(1, 2)};
    Tensor[] said = {saying(3, 0, 0, 1, 1), saying(3, 2, 2)};
    double[] precision = {1, 0.5, 0.5};
    double[] recall = {2 / 3.0, 0.5, 1};
    double meanF1 = 0;
    for (int i = 0; i < 3; i++) {
      meanF1 += 2 * precision[i] * recall[i] / (precision[i] + recall[i]) / 3;
    }
    double[] expected = {2 / 3.0, 13 / 18.0, meanF1};
    Metric[] metrics = {Precision.of(), Recall.of(), F1.of()};
    for (int i = 0; i < metrics.length; i++) {
      Metric.Tally tally = metrics[i].tally();
      tally.add(labels[0], said[0]);
      tally.add(labels[1], said[1]);
      assertEquals(expected[i], tally.value(), 1e-15, metrics[i].name());
    }
    Metric.Tally one = Recall.of().ofClass(1).tally();
    one.add(labels[0], said[0]);
    one.add(labels[1], said[1]);
    assertEquals(0.5, one.value());
    assertEquals("recall_1", Recall.of().ofClass(1).name());
  }

  @Test
  void classesThatNeverOccurCountAsZero() {
    Metric.Tally tally = F1.of().tally();
    tally.add(classes(0, 1), saying(4, 0, 1));
    assertEquals(0.5, tally.value());
  }

  @Test
  void theConfusionMatrixCountsPairs() {
    ConfusionMatrix matrix = ConfusionMatrix.of(3);
    matrix.add(classes(0, 0, 0, 1), saying(3, 0, 0, 1, 1));
    matrix.add(classes(1, 2), saying(3, 2, 2));
    assertArrayEquals(new long[][] {{2, 1, 0}, {0, 1, 1}, {0, 0, 1}}, matrix.counts());
    assertEquals(1, matrix.count(0, 1));
    assertEquals(6, matrix.samples());
    assertEquals(4 / 6.0, matrix.value());
    assertEquals(0.5, matrix.precision(1));
    assertEquals(2 / 3.0, matrix.recall(0));
    assertEquals(0.8, matrix.f1(0));
    assertEquals(
        """
        true\\said   0   1   2
                0   2   1   0
                1   0   1   1
                2   0   0   1\
        """,
        matrix.toString());
    matrix.reset();
    assertEquals(0, matrix.samples());
    assertTrue(Double.isNaN(matrix.value()));
    ConfusionMatrix sides = ConfusionMatrix.of(2, 0.0);
    sides.add(column(1, 0), column(0.5, 0.25));
    assertArrayEquals(new long[][] {{0, 1}, {0, 1}}, sides.counts());
  }

  @Test
  void theAreaUnderTheCurveIsThePartOfPairsInOrder() {
    Random random = new Random(3);
    int samples = 300;
    double[] labels = new double[samples];
    double[] scores = new double[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = random.nextInt(3) == 0 ? 1 : 0;
      scores[i] = random.nextInt(40) / 10.0 + labels[i];
    }
    double right = 0;
    double pairs = 0;
    for (int yes = 0; yes < samples; yes++) {
      for (int no = 0; no < samples; no++) {
        if (labels[yes] > labels[no]) {
          pairs++;
          right += scores[yes] > scores[no] ? 1 : scores[yes] == scores[no] ? 0.5 : 0;
        }
      }
    }
    Metric.Tally tally = AUC.of().tally();
    for (int from = 0; from < samples; from += 70) {
      int to = Math.min(samples, from + 70);
      tally.add(
          column(Arrays.copyOfRange(labels, from, to)),
          column(Arrays.copyOfRange(scores, from, to)));
      assertFalse(Double.isNaN(tally.value()));
    }
    assertEquals(right / pairs, tally.value(), 1e-12);
  }

  @Test
  void theAreaNeedsBothKindsAndNumbers() {
    Metric.Tally tally = AUC.of().tally();
    tally.add(column(1, 1), column(0.5, 0.25));
    assertTrue(Double.isNaN(tally.value()));
    tally.add(column(0), column(0.25));
    assertEquals(0.75, tally.value());
    tally.add(column(0), column(Double.NaN));
    assertTrue(Double.isNaN(tally.value()));
  }

  @Test
  void errorsAreMeansOverAllElements() {
    Tensor[] labels = {scope.tensor(Shape.of(2, 2), 1f, 2f, 3f, 4f), classes(7)};
    Tensor[] said = {
      scope.tensor(Shape.of(2, 2), 1f, 4f, 0f, 4f), scope.tensor(Shape.of(1, 1), 3f)
    };
    Metric[] metrics = {MeanAbsoluteError.of(), MeanSquaredError.of(), RootMeanSquaredError.of()};
    double[] expected = {9 / 5.0, 29 / 5.0, Math.sqrt(29 / 5.0)};
    for (int i = 0; i < metrics.length; i++) {
      Metric.Tally tally = metrics[i].tally();
      tally.add(labels[0], said[0]);
      tally.add(labels[1], said[1]);
      assertEquals(expected[i], tally.value(), 1e-15, metrics[i].name());
    }
  }

  @Test
  void r2ComparesWithTheMean() {
    double[] labels = {1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 6};
    double[] said = {1e6 + 1, 1e6 + 3, 1e6 + 3, 1e6 + 5};
    Metric.Tally tally = R2.of().tally();
    tally.add(column(labels[0]), column(said[0]));
    tally.add(
        column(labels[1], labels[2], labels[3]),
        scope.tensor(Shape.of(3, 1), said[1], said[2], said[3]));
    assertEquals(1 - 2 / 14.0, tally.value(), 1e-9);
    Metric.Tally columns = R2.of().tally();
    columns.add(
        scope.tensor(Shape.of(2, 2), 1.0, 5.0, 3.0, 5.0),
        scope.tensor(Shape.of(2, 2), 1.0, 5.0, 2.0, 5.0));
    assertEquals((1 - 1 / 2.0 + 1) / 2, columns.value(), 1e-15);
    Metric.Tally flat = R2.of().tally();
    flat.add(column(5, 5), column(5, 4));
    assertEquals(0, flat.value());
  }

  @Test
  void perplexityIsTheExponentialOfTheMeanLoss() {
    Tensor p = scope.tensor(Shape.of(1, 2, 4), .25, .25, .25, .25, .5, .5, 0, 0);
    Metric.Tally tally = Perplexity.of().tally();
    tally.add(scope.tensor(Shape.of(1, 2), 3, 1), p);
    assertEquals(Math.sqrt(8), tally.value(), 1e-12);
    tally.add(classes(0), scope.tensor(Shape.of(1, 2), 1.0, 0.0));
    assertEquals(2, tally.value(), 1e-12);
    Metric.Tally ofLogits = Perplexity.of().fromLogits(true).ignore(-1).tally();
    assertTrue(Double.isNaN(ofLogits.value()));
    ofLogits.add(classes(-1, 2), scope.tensor(Shape.of(2, 4), 9.0, 0, 0, 0, 3, 3, 3, 3));
    assertEquals(4, ofLogits.value(), 1e-12);
  }

  @Test
  void labelsThatDoNotFitAreRefused() {
    Tensor said = saying(3, 0, 1);
    assertEquals(
        "f1_score: labels do not fit: labels i32 [3] x prediction [2, 3]",
        error(() -> F1.of().tally().add(classes(1, 1, 1), said)));
    assertEquals(
        "recall: label 4 in place 1 is none of 3 classes: labels i32 [2] x prediction [2, 3]",
        error(() -> Recall.of().tally().add(classes(1, 4), said)));
    assertEquals(
        "precision_3: class 3 is none of 3 classes: labels i32 [2] x prediction [2, 3]",
        error(() -> Precision.of().ofClass(3).tally().add(classes(1, 0), said)));
    assertEquals(
        "precision: a class from 0 up expected, not -1", error(() -> Precision.of().ofClass(-1)));
    assertEquals(
        "confusionMatrix: 2 classes expected: labels i32 [2] x prediction [2, 3]",
        error(() -> ConfusionMatrix.of(2).add(classes(1, 0), said)));
    assertEquals(
        "confusionMatrix: at least two classes, not 1", error(() -> ConfusionMatrix.of(1)));
    assertEquals(
        "mean_absolute_error: labels do not fit: labels i32 [2] x prediction [2, 3]",
        error(() -> MeanAbsoluteError.of().tally().add(classes(1, 0), said)));
    assertEquals(
        "top_2_accuracy: labels do not fit: labels f32 [2] x prediction [2, 3]",
        error(() -> TopKAccuracy.of(2).tally().add(scope.zeros(DType.F32, Shape.of(2)), said)));
    assertEquals("topKAccuracy: at least one guess, not 0", error(() -> TopKAccuracy.of(0)));
    assertEquals(
        "perplexity: label 3 in place 0 is none of 3 classes: labels i32 [2] x prediction [2, 3]",
        error(() -> Perplexity.of().tally().add(classes(3, 0), said)));
  }

  private static String error(Executable run) {
    return assertThrows(IllegalArgumentException.class, run).getMessage();
  }
}
