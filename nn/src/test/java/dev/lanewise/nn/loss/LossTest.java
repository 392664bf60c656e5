package dev.lanewise.nn.loss;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.GradCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LossTest {
  private static final double[][] LOGITS = {{1, -2, 0.5}, {0, 3, 1}};

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor logits() {
    return scope.tensor(Shape.of(2, 3), 1.0, -2.0, 0.5, 0.0, 3.0, 1.0);
  }

  private static double logSoftmax(double[] row, int place) {
    double sum = 0;
    for (double x : row) {
      sum += Math.exp(x);
    }
    return row[place] - Math.log(sum);
  }

  @Test
  void sparseCategoricalCrossentropyIsTheMeanNegativeLogProbability() {
    Tensor labels = scope.tensor(Shape.of(2), 2, 1);
    double expected = -(logSoftmax(LOGITS[0], 2) + logSoftmax(LOGITS[1], 1)) / 2;
    Loss loss = SparseCategoricalCrossentropy.of();
    Tensor tracked = logits().tracked();
    assertEquals(
        expected,
        SparseCategoricalCrossentropy.of().fromLogits(true).apply(labels, logits()).value(),
        1e-12);
    assertEquals(expected, loss.apply(labels, tracked.softmax(-1)).value(), 1e-12);
    assertEquals(expected, loss.apply(labels, tracked.softmax(1)).value(), 1e-12);
    assertEquals(expected, loss.apply(labels, logits().softmax(-1)).value(), 1e-6);
    assertEquals(
        expected,
        loss.apply(labels.reshape(1, 2), logits().reshape(1, 2, 3).softmax(-1)).value(),
        1e-6);
    assertEquals(expected, loss.apply(labels.reshape(2, 1), tracked.softmax(-1)).value(), 1e-12);
  }

  @Test
  void aSoftmaxAlongAnotherAxisIsNoShortcut() {
    Tensor labels = scope.tensor(Shape.of(2), 2, 1);
    Tensor p = logits().tracked().softmax(0);
    double first = p.value(0, 2) / (p.value(0, 0) + p.value(0, 1) + p.value(0, 2));
    double second = p.value(1, 1) / (p.value(1, 0) + p.value(1, 1) + p.value(1, 2));
    assertEquals(
        -(Math.log(first) + Math.log(second)) / 2,
        SparseCategoricalCrossentropy.of().apply(labels, p).value(),
        1e-6);
  }

  @Test
  void categoricalCrossentropyWeighsTheLogProbabilities() {
    Tensor labels = scope.tensor(Shape.of(2, 3), 0f, 0f, 1f, 0.25f, 0.75f, 0f);
    double expected =
        -(logSoftmax(LOGITS[0], 2)
                + 0.25 * logSoftmax(LOGITS[1], 0)
                + 0.75 * logSoftmax(LOGITS[1], 1))
            / 2;
    Loss loss = CategoricalCrossentropy.of();
    assertEquals(
        expected,
        CategoricalCrossentropy.of().fromLogits(true).apply(labels, logits()).value(),
        1e-12);
    assertEquals(expected, loss.apply(labels, logits().tracked().softmax(-1)).value(), 1e-12);
    assertEquals(expected, loss.apply(labels, logits().softmax(-1)).value(), 1e-6);
  }

  @Test
  void binaryCrossentropyIsTheMeanOverElements() {
    Tensor x = scope.tensor(Shape.of(4, 1), 2.0, -1.0, 0.0, 30.0);
    Tensor labels = scope.tensor(Shape.of(4), 1, 1, 0, 0);
    double expected = (Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1)) + Math.log(2) + 30) / 4;
    Loss loss = BinaryCrossentropy.of();
    assertEquals(expected, BinaryCrossentropy.of().fromLogits(true).apply(labels, x).value(), 1e-9);
    assertEquals(expected, loss.apply(labels, x.tracked().sigmoid()).value(), 1e-9);
    Tensor p = scope.tensor(Shape.of(2, 2), 0.9, 0.2, 0.5, 0.6);
    Tensor targets = scope.tensor(Shape.of(2, 2), 1.0, 0.0, 1.0, 0.25);
    assertEquals(
        -(Math.log(0.9)
                + Math.log(0.8)
                + Math.log(0.5)
                + 0.25 * Math.log(0.6)
                + 0.75 * Math.log(0.4))
            / 4,
        loss.apply(targets, p).value(),
        1e-6);
  }

  @Test
  void certainButWrongProbabilitiesGiveAFiniteLoss() {
    Tensor p = scope.tensor(Shape.of(1, 2), 1f, 0f);
    assertEquals(
        -Math.log(1e-7),
        SparseCategoricalCrossentropy.of().apply(scope.tensor(Shape.of(1), 1), p).value(),
        1e-3);
    assertTrue(
        Double.isFinite(
            BinaryCrossentropy.of().apply(scope.tensor(Shape.of(1, 2), 0f, 1f), p).value()));
  }

  @Test
  void gradientsOfSaturatedLogitsSurvive() {
    Tensor x = scope.tensor(Shape.of(1, 2), 200f, -200f).tracked();
    Tensor loss =
        SparseCategoricalCrossentropy.of().apply(scope.tensor(Shape.of(1), 1), x.softmax(-1));
    assertEquals(400, loss.value());
    assertEquals(-1, Gradients.of(loss).get(x).value(0, 1));
  }

  @Test
  void meanSquaredErrorIsTheMeanOverElements() {
    Tensor said = scope.tensor(Shape.of(2, 2), 1f, 2f, 3f, 4f);
    Tensor truth = scope.tensor(Shape.of(2, 2), 1f, 0f, 3f, 1f);
    assertEquals(13.0 / 4, MeanSquaredError.of().apply(truth, said).value());
    assertEquals(
        5.0 / 2,
        MeanSquaredError.of()
            .apply(scope.tensor(Shape.of(2), 1f, 2f), scope.tensor(Shape.of(2, 1), 3f, 1f))
            .value());
  }

  @Test
  void gradientsAreTheSlopes() {
    Tensor x = scope.normal(DType.F64, Shape.of(4, 3)).tracked();
    Tensor p = scope.uniform(DType.F64, Shape.of(4, 3)).mul(0.8).add(0.1).tracked();
    Tensor classes = scope.tensor(Shape.of(4), 0, 2, 1, 1);
    Tensor targets = scope.uniform(DType.F64, Shape.of(4, 3));
    for (Loss loss :
        new Loss[] {
          SparseCategoricalCrossentropy.of(), SparseCategoricalCrossentropy.of().fromLogits(true)
        }) {
      GradCheck.of(in -> loss.apply(classes, in[0])).check(p);
      GradCheck.of(in -> loss.apply(classes, in[0].softmax(-1))).check(x);
    }
    for (Loss loss :
        new Loss[] {
          CategoricalCrossentropy.of(),
          CategoricalCrossentropy.of().fromLogits(true),
          BinaryCrossentropy.of(),
          BinaryCrossentropy.of().fromLogits(true),
          MeanSquaredError.of()
        }) {
      GradCheck.of(in -> loss.apply(targets, in[0])).check(p);
      GradCheck.of(in -> loss.apply(targets, in[0].softmax(-1))).check(x);
      GradCheck.of(in -> loss.apply(targets, in[0].sigmoid())).check(x);
    }
  }

  @Test
  void labelsThatDoNotFitAreRefused() {
    Shape prediction = Shape.of(2, 3);
    Loss sparse = SparseCategoricalCrossentropy.of();
    assertEquals(
        "sparseCategoricalCrossentropy: classes as i32 or i64, one for each prediction, expected:"
            + " labels f32 [2, 3] x prediction [2, 3]",
        error(sparse, scope.zeros(DType.F32, prediction), prediction));
    assertEquals(
        "sparseCategoricalCrossentropy: classes as i32 or i64, one for each prediction, expected:"
            + " labels i32 [3] x prediction [2, 3]",
        error(sparse, scope.tensor(Shape.of(3), 1, 1, 1), prediction));
    assertEquals(
        "sparseCategoricalCrossentropy: label 3 of sample 101 is none of 3 classes: labels [2] x"
            + " prediction [2, 3]",
        error(sparse, scope.tensor(Shape.of(2), 0, 3), prediction));
    assertEquals(
        "sparseCategoricalCrossentropy: label -1 of sample 100 is none of 3 classes: labels [2] x"
            + " prediction [2, 3]",
        error(sparse, scope.tensor(Shape.of(2), -1L, 0L), prediction));
    assertEquals(
        "categoricalCrossentropy: a distribution over the classes expected: labels i32 [2] x"
            + " prediction [2, 3]: use SparseCategoricalCrossentropy for classes as numbers",
        error(CategoricalCrossentropy.of(), scope.tensor(Shape.of(2), 0, 1), prediction));
    assertEquals(
        "binaryCrossentropy: label 1.5 of sample 101 is not between 0 and 1: labels [2] x"
            + " prediction [2, 1]",
        error(BinaryCrossentropy.of(), scope.tensor(Shape.of(2), 1f, 1.5f), Shape.of(2, 1)));
    assertEquals(
        "binaryCrossentropy: label NaN of sample 100 is not between 0 and 1: labels [1, 1] x"
            + " prediction [1, 1]",
        error(BinaryCrossentropy.of(), scope.tensor(Shape.of(1, 1), Float.NaN), Shape.of(1, 1)));
    assertEquals(
        "meanSquaredError: shapes differ: labels f32 [3] x prediction [2, 3]",
        error(MeanSquaredError.of(), scope.zeros(DType.F32, Shape.of(3)), prediction));
    assertDoesNotThrow(
        () -> sparse.check(scope.tensor(Shape.of(2, 1), 2L, 0L), prediction, row -> row));
  }

  private static String error(Loss loss, Tensor labels, Shape prediction) {
    return assertThrows(
            IllegalArgumentException.class, () -> loss.check(labels, prediction, row -> 100 + row))
        .getMessage();
  }
}
