package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.layer.Masked;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.nn.loss.CategoricalCrossentropy;
import dev.lanewise.nn.loss.Hinge;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.GradCheck;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CountedTest {
  private static final Loss CLASSES = SparseCategoricalCrossentropy.of();
  private static final Loss LOGITS = SparseCategoricalCrossentropy.of().fromLogits(true);

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor normal(long... extents) {
    return scope.normal(DType.F64, Shape.of(extents));
  }

  /** Three samples of two steps: in the first the second counts, in the second none. */
  private Tensor mask() {
    return scope.tensor(Shape.of(3, 2), false, true, false, false, true, true);
  }

  private Counted counted(Loss loss, Tensor labels, Tensor prediction) {
    return Counted.of(loss, labels, new Masked(prediction, mask()), row -> row);
  }

  @Test
  void withoutAMaskTheBatchStaysAsItIs() {
    Tensor prediction = normal(3, 2, 4).softmax(-1);
    Tensor labels = scope.zeros(DType.I32, Shape.of(3, 2));
    Counted whole = Counted.of(CLASSES, labels, Masked.of(prediction), row -> row);
    assertSame(labels, whole.labels());
    assertSame(prediction, whole.prediction());
    assertEquals(3, whole.samples());
    assertFalse(whole.isEmpty());
    assertEquals(CLASSES.apply(labels, prediction).value(), whole.loss().value());
    Tensor weights = normal(3);
    assertEquals(CLASSES.apply(labels, prediction, weights).value(), whole.loss(weights).value());
  }

  @Test
  void placesThatCountStandOneBehindTheOther() {
    Tensor prediction = normal(3, 2, 4);
    Tensor labels = scope.tensor(Shape.of(3, 2), -1, 3, -1, -1, 1, 0);
    Counted found = counted(LOGITS, labels, prediction);
    assertEquals(3, found.samples());
    assertArrayEquals(new int[] {3, 1, 0}, found.labels().toInts());
    assertEquals(Shape.of(3, 4), found.prediction().shape());
    Tensor all = prediction.reshape(6, 4);
    double sum = 0;
    int[] places = {1, 4, 5};
    for (int i = 0; i < places.length; i++) {
      Tensor row = all.slice(0, places[i], places[i] + 1);
      assertArrayEquals(row.toDoubles(), found.prediction().slice(0, i, i + 1).toDoubles());
      sum += LOGITS.apply(found.labels().slice(0, i, i + 1), row).value();
    }
    assertEquals(sum / 3, found.loss().value(), 1e-12);
  }

  @Test
  void labelsMayHaveAnAxisBehindTheirPlaces() {
    Tensor prediction = normal(3, 2, 4);
    int[] classes = {-1, 3, -1, -1, 1, 0};
    double flat = counted(LOGITS, scope.tensor(Shape.of(3, 2), classes), prediction).loss().value();
    Tensor column = scope.tensor(Shape.of(3, 2, 1), classes);
    assertEquals(flat, counted(LOGITS, column, prediction).loss().value());
    Tensor oneHot = scope.full(DType.F64, Shape.of(3, 2, 4), Double.NaN);
    int[][] places = {{0, 1, 3}, {2, 0, 1}, {2, 1, 0}};
    for (int[] place : places) {
      for (int i = 0; i < 4; i++) {
        oneHot.set(i == place[2] ? 1 : 0, place[0], place[1], i);
      }
    }
    Loss dense = CategoricalCrossentropy.of().fromLogits(true);
    assertEquals(flat, counted(dense, oneHot, prediction).loss().value(), 1e-12);
  }

  /** A prediction of one number has labels with or without its axis. */
  @Test
  void numbersAreCountedToo() {
    Tensor prediction = scope.tensor(Shape.of(3, 2, 1), 9.0, 1, 9, 9, 2, 3);
    Tensor labels = scope.tensor(Shape.of(3, 2), Double.NaN, 0, Double.NaN, Double.NaN, 0, 0);
    Loss loss = MeanSquaredError.of();
    assertEquals(14.0 / 3, counted(loss, labels, prediction).loss().value(), 1e-12);
    Tensor column = labels.reshape(3, 2, 1);
    assertEquals(14.0 / 3, counted(loss, column, prediction).loss().value(), 1e-12);
    // One value for each place of the mask.
    Tensor flat = prediction.reshape(3, 2);
    assertEquals(14.0 / 3, counted(loss, labels, flat).loss().value(), 1e-12);
  }

  @Test
  void weightsOfSamplesAreThoseOfTheirPlaces() {
    Tensor prediction = scope.tensor(Shape.of(3, 2, 1), 9.0, 1, 9, 9, 2, 3);
    Tensor labels = scope.zeros(DType.F64, Shape.of(3, 2));
    Tensor weights = scope.tensor(Shape.of(3), 5.0, 100, 0.5);
    double expected = (5 * 1 + 0.5 * 4 + 0.5 * 9) / 3;
    Counted found = counted(MeanSquaredError.of(), labels, prediction);
    assertEquals(expected, found.loss(weights).value(), 1e-12);
  }

  @Test
  void paddingHasNoGradient() {
    Tensor labels = scope.tensor(Shape.of(3, 2), -1, 3, -1, -1, 1, 0);
    Tensor prediction = normal(3, 2, 4).tracked();
    Tensor weights = scope.tensor(Shape.of(3), 0.3, 2, 1.0);
    for (boolean weighted : new boolean[] {false, true}) {
      Counted found = counted(LOGITS, labels, prediction);
      Tensor loss = weighted ? found.loss(weights) : found.loss();
      Tensor gradient = Gradients.of(loss).get(prediction).reshape(6, 4);
      for (int place = 0; place < 6; place++) {
        double[] slopes = gradient.slice(0, place, place + 1).toDoubles();
        boolean counts = place == 1 || place > 3;
        for (double slope : slopes) {
          assertEquals(counts, slope != 0, "place " + place);
        }
      }
      GradCheck.of(
              given -> {
                Counted again = counted(CLASSES, labels, given[0].softmax(-1));
                return weighted ? again.loss(weights) : again.loss();
              })
          .check(prediction);
    }
  }

  /** Probabilities of padding may even be NaN. */
  @Test
  void paddingIsNotRead() {
    Tensor values = scope.full(DType.F64, Shape.of(3, 2, 1), Double.NaN);
    for (int[] place : new int[][] {{0, 1}, {2, 0}, {2, 1}}) {
      values.set(0.5, place[0], place[1], 0);
    }
    Tensor prediction = values.tracked();
    Tensor labels = scope.zeros(DType.F64, Shape.of(3, 2));
    Tensor loss = counted(BinaryCrossentropy.of(), labels, prediction).loss();
    assertEquals(Math.log(2), loss.value(), 1e-12);
    double[] slopes = Gradients.of(loss).get(prediction).toDoubles();
    double each = 2.0 / 3;
    assertArrayEquals(new double[] {0, each, 0, 0, each, each}, slopes, 1e-9);
  }

  /** Without its logits, a loss of probabilities would end at -log(1e-7). */
  @Test
  void lossesStillFindTheLogits() {
    Tensor labels = scope.full(DType.I32, Shape.of(3, 2), 1);
    Tensor logits = scope.tensor(Shape.of(1, 1, 2), 100.0, 0).expand(3, 2, 2).tracked();
    assertEquals(100, counted(CLASSES, labels, logits.softmax(-1)).loss().value(), 1e-9);
    assertEquals(100, counted(CLASSES, labels, logits.softmax(2)).loss().value(), 1e-9);
    Tensor yes = scope.full(DType.F64, Shape.of(3, 2, 2), 1);
    Tensor no = logits.sub(100);
    double found = counted(BinaryCrossentropy.of(), yes, no.sigmoid()).loss().value();
    assertEquals((Math.log(2) + 100) / 2, found, 1e-9);
  }

  /** A softmax over the steps is one of all steps, counted or not. */
  @Test
  void aSoftmaxAcrossPlacesIsLeftAlone() {
    Tensor logits = normal(3, 2, 4).tracked();
    Tensor across = logits.softmax(1);
    Tensor labels = scope.zeros(DType.F64, Shape.of(3, 2, 4));
    double[] expected = across.reshape(6, 4).slice(0, 1, 2).toDoubles();
    Tensor found = counted(MeanSquaredError.of(), labels, across).prediction();
    assertArrayEquals(expected, found.slice(0, 0, 1).toDoubles());
    Tensor flat = logits.slice(2, 0, 1).reshape(3, 2).softmax(-1);
    Tensor number = scope.zeros(DType.F64, Shape.of(3, 2));
    Tensor kept = counted(MeanSquaredError.of(), number, flat).prediction();
    assertEquals(flat.value(0, 1), kept.value(0));
  }

  @Test
  void whereNothingCountsTheLossIsZero() {
    Tensor none = scope.full(DType.BOOL, Shape.of(3, 2), 0);
    Tensor logits = normal(3, 2, 4).tracked();
    Tensor labels = scope.full(DType.I32, Shape.of(3, 2), -1);
    Counted found = Counted.of(CLASSES, labels, new Masked(logits.softmax(-1), none), row -> row);
    assertTrue(found.isEmpty());
    assertEquals(3, found.samples());
    for (Tensor loss : new Tensor[] {found.loss(), found.loss(normal(3))}) {
      assertEquals(0, loss.value());
      assertArrayEquals(new double[24], Gradients.of(loss).get(logits).toDoubles());
    }
    Tensor nan = scope.full(DType.F64, Shape.of(3, 2, 4), Double.NaN).tracked();
    assertEquals(0, Counted.of(LOGITS, labels, new Masked(nan, none), row -> row).loss().value());
  }

  private String error(Loss loss, Tensor labels, Tensor mask, LongUnaryOperator sample) {
    Tensor prediction = normal(3, 2, 4);
    return assertThrows(
            IllegalArgumentException.class,
            () -> Counted.of(loss, labels, new Masked(prediction, mask), sample))
        .getMessage();
  }

  @Test
  void labelsThatCountAreChecked() {
    Tensor wrong = scope.tensor(Shape.of(3, 2), -1, 3, -1, -1, 1, 7);
    assertEquals(
        "sparseCategoricalCrossentropy: label 7 of sample 30 is none of 4 classes:"
            + " labels [2, 2] x prediction [2, 2, 4]",
        error(CLASSES, wrong, mask(), row -> 10 + 10 * row));
    Tensor all = scope.full(DType.BOOL, Shape.of(3, 2), 1);
    assertEquals(
        "sparseCategoricalCrossentropy: label -1 of sample 0 is none of 4 classes:"
            + " labels [3, 2] x prediction [3, 2, 4]",
        error(CLASSES, wrong, all, row -> row));
    Tensor sides = scope.full(DType.F64, Shape.of(3, 2, 4), 1);
    sides.set(0.5, 2, 0, 1);
    assertEquals(
        "hinge: label 0.5 of sample 2 is not -1, 0 or 1: labels [2, 2, 4] x prediction [2, 2, 4]",
        error(Hinge.of(), sides, mask(), row -> row));
  }

  @Test
  void shapesAreCheckedEvenWhereNothingCounts() {
    Tensor narrow = scope.zeros(DType.F64, Shape.of(3, 2, 3));
    assertEquals(
        "meanSquaredError: shapes differ: labels f64 [2, 2, 3] x prediction [2, 2, 4]",
        error(MeanSquaredError.of(), narrow, mask(), row -> row));
    Tensor none = scope.full(DType.BOOL, Shape.of(3, 2), 0);
    assertEquals(
        "meanSquaredError: shapes differ: labels f64 [0, 2, 3] x prediction [0, 2, 4]",
        error(MeanSquaredError.of(), narrow, none, row -> row));
    Tensor one = scope.zeros(DType.I32, Shape.of(3));
    assertEquals(
        "sparseCategoricalCrossentropy: classes as i32 or i64, one for each prediction, expected:"
            + " labels i32 [3] x prediction [3, 2, 4]",
        error(CLASSES, one, mask(), row -> row));
  }

  /** A loss of sequences as a whole, such as one that aligns them. */
  private record Whole() implements Loss {
    @Override
    public Tensor terms(Tensor labels, Tensor prediction) {
      return prediction.sum(1, 2).sub(labels);
    }

    @Override
    public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {}
  }

  @Test
  void labelsOfWholeSequencesDoNotGoWithAMask() {
    assertEquals(
        "whole: labels for each place of the mask expected: labels f64 [3] x prediction [3, 2, 4]"
            + " x mask [3, 2]",
        error(new Whole(), normal(3), mask(), row -> row));
  }
}
