package dev.lanewise.nn.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Several labels per sample, against counts by hand. */
class MultiLabelTest {
  private static final double[][] LABELS = {{1, 0, 1}, {0, 1, 0}, {1, 1, 0}, {0, 0, 0}};
  private static final double[][] PREDICTED = {
    {0.9, 0.2, 0.4}, {0.6, 0.7, 0.1}, {0.8, 0.3, 0.2}, {0.1, 0.5, 0.9}
  };

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor tensor(double[]... rows) {
    double[] flat = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    return scope.tensor(Shape.of(rows.length, rows[0].length), flat);
  }

  /** Over two batches of unequal size. */
  private double value(Metric metric) {
    Metric.Tally tally = metric.tally();
    tally.add(tensor(LABELS[0]), tensor(PREDICTED[0]));
    tally.add(
        tensor(LABELS[1], LABELS[2], LABELS[3]), tensor(PREDICTED[1], PREDICTED[2], PREDICTED[3]));
    return tally.value();
  }

  // Said are 0; 0 and 1; 0; 2. So tp, fp, fn are 2, 1, 0 of label 0; 1, 0, 1 of 1; 0, 1, 1 of 2.

  @Test
  void macroAveragesCountEveryLabelTheSame() {
    assertEquals(5 / 9.0, value(Precision.of().multiLabel(true)), 1e-15);
    assertEquals(1 / 2.0, value(Recall.of().multiLabel(true)), 1e-15);
    assertEquals(22 / 45.0, value(F1.of().multiLabel(true)), 1e-15);
  }

  @Test
  void microAveragesCountEveryDecisionTheSame() {
    assertEquals(3 / 5.0, value(Precision.of().multiLabel(true).average(Average.MICRO)), 1e-15);
    assertEquals(3 / 5.0, value(Recall.of().multiLabel(true).average(Average.MICRO)), 1e-15);
    assertEquals(3 / 5.0, value(F1.of().multiLabel(true).average(Average.MICRO)), 1e-15);
    Metric strict = Precision.of().threshold(0.65).multiLabel(true).average(Average.MICRO);
    assertEquals(3 / 4.0, value(strict), 1e-15);
  }

  @Test
  void weightedAveragesCountALabelAsOftenAsItOccurs() {
    assertEquals(2 / 3.0, value(Precision.of().multiLabel(true).average(Average.WEIGHTED)), 1e-15);
    assertEquals(3 / 5.0, value(Recall.of().multiLabel(true).average(Average.WEIGHTED)), 1e-15);
    assertEquals(44 / 75.0, value(F1.of().multiLabel(true).average(Average.WEIGHTED)), 1e-15);
  }

  @Test
  void oneLabelByItself() {
    double[] precision = {2 / 3.0, 1, 0};
    double[] recall = {1, 1 / 2.0, 0};
    double[] f1 = {4 / 5.0, 2 / 3.0, 0};
    for (int which = 0; which < 3; which++) {
      assertEquals(precision[which], value(Precision.of().multiLabel(true).ofClass(which)));
      assertEquals(recall[which], value(Recall.of().multiLabel(true).ofClass(which)));
      assertEquals(f1[which], value(F1.of().ofClass(which).multiLabel(true)));
    }
  }

  @Test
  void accuracyCountsLabelsAndExactMatchSamples() {
    assertEquals(2 / 3.0, value(Accuracy.of().multiLabel(true)), 1e-15);
    assertEquals(0, value(ExactMatch.of()));
    assertEquals(3 / 4.0, value(Accuracy.of().multiLabel(true).threshold(0.65)), 1e-15);
    assertEquals(1 / 4.0, value(ExactMatch.of().threshold(0.65)), 1e-15);
  }

  @Test
  void outcomesOfEachLabel() {
    ClassCounts counts = ClassCounts.multiLabel(3);
    counts.add(tensor(LABELS), tensor(PREDICTED));
    assertEquals(new Outcomes(2, 1, 0, 1), counts.outcomes(0));
    assertEquals(new Outcomes(1, 0, 1, 2), counts.outcomes(1));
    assertEquals(new Outcomes(0, 1, 1, 2), counts.outcomes(2));
    assertEquals(new Outcomes(3, 2, 2, 5), counts.total());
    assertEquals(4, counts.samples());
    assertEquals(3, counts.classes());
    assertEquals(2, counts.outcomes(1).occurrences());
    assertEquals(3 / 4.0, counts.outcomes(1).accuracy());
    counts.reset();
    assertEquals(new Outcomes(0, 0, 0, 0), counts.total());
    assertTrue(Double.isNaN(counts.total().accuracy()));
    ClassCounts ofLogits = ClassCounts.multiLabel(1, 0);
    ofLogits.add(
        tensor(new double[] {1}, new double[] {0}),
        tensor(new double[] {0.1}, new double[] {-0.1}));
    assertEquals(new Outcomes(1, 0, 0, 1), ofLogits.outcomes(0));
  }

  @Test
  void stepsOfASequenceCountEachAndLabelsMayBeOfAnyType() {
    Tensor said = scope.tensor(Shape.of(1, 2, 2), .1f, .9f, .8f, .2f);
    Tensor[] labels = {
      scope.tensor(Shape.of(1, 2, 2), 0, 1, 1, 1),
      scope.tensor(Shape.of(1, 2, 2), false, true, true, true),
      scope.tensor(Shape.of(1, 2, 2), 0f, 1f, 1f, 1f),
    };
    for (Tensor some : labels) {
      Metric.Tally accuracy = Accuracy.of().multiLabel(true).tally();
      accuracy.add(some, said);
      assertEquals(3 / 4.0, accuracy.value());
      Metric.Tally exact = ExactMatch.of().tally();
      exact.add(some, said);
      assertEquals(1 / 2.0, exact.value());
      Metric.Tally recall = Recall.of().multiLabel(true).tally();
      recall.add(some, said);
      assertEquals(3 / 4.0, recall.value());
    }
  }

  @Test
  void labelsThatNeverOccurScoreZero() {
    for (Average average : Average.values()) {
      Metric.Tally tally = F1.of().multiLabel(true).average(average).tally();
      assertTrue(Double.isNaN(tally.value()));
      tally.add(tensor(new double[] {0, 0}), tensor(new double[] {0.9, 0.1}));
      assertEquals(0, tally.value(), average.name());
      tally.reset();
      assertTrue(Double.isNaN(tally.value()));
    }
    Metric.Tally exact = ExactMatch.of().tally();
    assertTrue(Double.isNaN(exact.value()));
    exact.add(tensor(new double[] {0, 0}), tensor(new double[] {0.4, Double.NaN}));
    assertEquals(1, exact.value());
    exact.reset();
    assertTrue(Double.isNaN(exact.value()));
  }

  @Test
  void averagesHaveNamesOfTheirOwn() {
    assertEquals("precision", Precision.of().multiLabel(true).name());
    assertEquals("recall_micro", Recall.of().average(Average.MICRO).name());
    assertEquals("f1_score_weighted", F1.of().average(Average.WEIGHTED).name());
    assertEquals("f1_score_2", F1.of().average(Average.WEIGHTED).ofClass(2).name());
    assertEquals("f1_score_micro", F1.of().ofClass(2).average(Average.MICRO).name());
    assertEquals("exact_match", ExactMatch.of().name());
    assertTrue(ExactMatch.of().higherIsBetter());
  }

  @Test
  void oneOfSeveralClassesIsAveragedAsWell() {
    Tensor labels = scope.tensor(Shape.of(6), 0, 0, 0, 1, 1, 2);
    double[][] said = {{1, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 1}};
    double[] expected = {(3 * 1 + 2 * 0.5 + 0.5) / 6, 4 / 6.0, (3 * 0.8 + 2 * 0.5 + 2 / 3.0) / 6};
    List<Metric> weighted =
        List.of(
            Precision.of().average(Average.WEIGHTED),
            Recall.of().average(Average.WEIGHTED),
            F1.of().average(Average.WEIGHTED));
    List<Metric> micro =
        List.of(
            Precision.of().average(Average.MICRO),
            Recall.of().average(Average.MICRO),
            F1.of().average(Average.MICRO));
    for (int i = 0; i < 3; i++) {
      Metric.Tally tally = weighted.get(i).tally();
      tally.add(labels, tensor(said));
      assertEquals(expected[i], tally.value(), 1e-15, weighted.get(i).name());
      Metric.Tally accuracy = micro.get(i).tally();
      accuracy.add(labels, tensor(said));
      assertEquals(4 / 6.0, accuracy.value(), 1e-15, micro.get(i).name());
    }
    ConfusionMatrix matrix = ConfusionMatrix.of(3);
    matrix.add(labels, tensor(said));
    assertEquals(new Outcomes(1, 1, 1, 3), matrix.outcomes(1));
  }

  @Test
  void yesOrNoHasNothingToAverage() {
    Metric.Tally tally = Precision.of().average(Average.WEIGHTED).tally();
    tally.add(scope.tensor(Shape.of(3), 1, 0, 0), scope.tensor(Shape.of(3), .9f, .8f, .1f));
    assertEquals(0.5, tally.value());
  }

  @Test
  void badInputIsRefused() {
    Tensor said = tensor(new double[] {0.1, 0.2}, new double[] {0.3, 0.4});
    assertEquals(
        "precision: label 0.5 in place [1, 0] is neither 0 nor 1: labels f64 [2, 2] x prediction"
            + " [2, 2]",
        error(
            Precision.of().multiLabel(true),
            tensor(new double[] {0, 1}, new double[] {.5, 1}),
            said));
    assertEquals(
        "exact_match: label NaN in place [0, 1] is neither 0 nor 1: labels f64 [2, 2] x prediction"
            + " [2, 2]",
        error(ExactMatch.of(), tensor(new double[] {0, Double.NaN}, new double[] {0, 1}), said));
    assertEquals(
        "accuracy: label 2.0 in place [0, 0] is neither 0 nor 1: labels i32 [2, 2] x prediction"
            + " [2, 2]",
        error(Accuracy.of().multiLabel(true), scope.tensor(Shape.of(2, 2), 2, 0, 0, 0), said));
    assertEquals(
        "recall: labels do not fit: labels i32 [2] x prediction [2, 2]; several labels per sample"
            + " take both as [n, labels]",
        error(Recall.of().multiLabel(true), scope.tensor(Shape.of(2), 1, 0), said));
    assertEquals(
        "f1_score: labels do not fit: labels f64 [1, 3] x prediction [2, 2]; several labels per"
            + " sample take both as [n, labels]",
        error(F1.of().multiLabel(true), tensor(new double[] {0, 1, 0}), said));
    Tensor flat = scope.tensor(Shape.of(2), 1.0, 0.0);
    assertEquals(
        "accuracy: labels do not fit: labels f64 [2] x prediction [2]; several labels per sample"
            + " take both as [n, labels]",
        error(Accuracy.of().multiLabel(true), flat, flat));
    Tensor ones = tensor(new double[] {1, 1}, new double[] {1, 1});
    assertEquals(
        "recall_2: class 2 is none of 2 classes: labels f64 [2, 2] x prediction [2, 2]",
        error(Recall.of().multiLabel(true).ofClass(2), ones, said));
    ClassCounts counts = ClassCounts.multiLabel(3);
    assertEquals(
        "classCounts: 3 classes expected: labels f64 [2, 2] x prediction [2, 2]",
        message(() -> counts.add(ones, said)));
    assertEquals(
        "classCounts: at least one label, not 0", message(() -> ClassCounts.multiLabel(0)));
    Metric.Tally changing = F1.of().multiLabel(true).tally();
    changing.add(tensor(LABELS), tensor(PREDICTED));
    assertEquals(
        "f1_score: 3 classes expected: labels f64 [2, 2] x prediction [2, 2]",
        message(() -> changing.add(ones, said)));
  }

  private static String error(Metric metric, Tensor labels, Tensor said) {
    return message(() -> metric.tally().add(labels, said));
  }

  private static String message(Executable run) {
    return assertThrows(IllegalArgumentException.class, run).getMessage();
  }
}
