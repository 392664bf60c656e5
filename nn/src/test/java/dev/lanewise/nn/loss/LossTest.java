package dev.lanewise.nn.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

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

  /** One term of an elementwise loss by hand. */
  private interface Term {
    double of(double label, double prediction);
  }

  private void checkTerms(Loss loss, double[] labels, double[] said, Term term) {
    double sum = 0;
    double[] rows = new double[labels.length / 2];
    for (int i = 0; i < labels.length; i++) {
      double value = term.of(labels[i], said[i]);
      sum += value / labels.length;
      rows[i / 2] += value / 2;
    }
    Tensor truth = scope.tensor(Shape.of(rows.length, 2), labels);
    Tensor prediction = scope.tensor(Shape.of(rows.length, 2), said);
    assertEquals(sum, loss.apply(truth, prediction).value(), 1e-12, loss.name());
    assertArrayEquals(rows, loss.perSample(truth, prediction).toDoubles(), 1e-12, loss.name());
  }

  @Test
  void elementwiseLossesAreTheMeanOfTheirTerms() {
    double[] labels = {1, 0, 3, 1, -2, 5};
    double[] said = {1.5, 0.25, -1, 1, 1, 4.75};
    checkTerms(MeanSquaredError.of(), labels, said, (y, p) -> (y - p) * (y - p));
    checkTerms(MeanAbsoluteError.of(), labels, said, (y, p) -> Math.abs(y - p));
    checkTerms(
        LogCosh.of(), labels, said, (y, p) -> Math.log((Math.exp(p - y) + Math.exp(y - p)) / 2));
    for (double delta : new double[] {0.4, 1, 3}) {
      checkTerms(
          Huber.of().delta(delta),
          labels,
          said,
          (y, p) -> {
            double error = Math.abs(y - p);
            return error <= delta ? error * error / 2 : delta * (error - delta / 2);
          });
    }
    double[] counts = {1, 0, 3, 2};
    double[] rates = {0.5, 0.25, 3, 1.75};
    checkTerms(Poisson.of(), counts, rates, (y, p) -> p - y * Math.log(p + 1e-7));
    for (double no : new double[] {0, -1}) {
      double[] sides = {1, no, no, 1};
      double[] scores = {0.25, 0.5, -3, 2};
      checkTerms(Hinge.of(), sides, scores, (y, p) -> Math.max(1 - (y > 0 ? p : -p), 0));
      checkTerms(
          SquaredHinge.of(),
          sides,
          scores,
          (y, p) -> Math.pow(Math.max(1 - (y > 0 ? p : -p), 0), 2));
    }
    double[] smooth = {1, 0, 0.5, 0.25};
    checkTerms(
        BinaryCrossentropy.of().fromLogits(true).smoothing(0.2),
        smooth,
        new double[] {2, -1, 0.5, 3},
        (y, x) -> {
          double target = 0.8 * y + 0.1;
          return -target * Math.log(1 / (1 + Math.exp(-x)))
              - (1 - target) * Math.log(1 / (1 + Math.exp(x)));
        });
  }

  @Test
  void farErrorsOfLogCoshStayFinite() {
    Tensor said = scope.tensor(Shape.of(2), 1e4, -1e4);
    assertEquals(
        1e4 - Math.log(2), LogCosh.of().apply(scope.zeros(DType.F64, Shape.of(2)), said).value());
  }

  @Test
  void klDivergenceComparesDistributions() {
    Tensor truth = scope.tensor(Shape.of(2, 2), 0.25, 0.75, 1.0, 0.0);
    Tensor said = scope.tensor(Shape.of(2, 2), 0.5, 0.5, 0.125, 0.875);
    double first = 0.25 * Math.log(0.5) + 0.75 * Math.log(1.5);
    double second = Math.log(8);
    Loss loss = KLDivergence.of();
    assertEquals((first + second) / 2, loss.apply(truth, said).value(), 1e-5);
    Tensor logits = said.log().tracked();
    assertEquals((first + second) / 2, loss.apply(truth, logits.softmax(-1)).value(), 1e-5);
    assertEquals(0, loss.apply(said, said).value(), 1e-12);
  }

  @Test
  void cosineSimilarityComparesDirections() {
    Tensor truth = scope.tensor(Shape.of(3, 2), 3.0, 4.0, 1.0, 0.0, 0.0, 0.0);
    Tensor said = scope.tensor(Shape.of(3, 2), 6.0, 8.0, -1.0, 1.0, 1.0, 1.0);
    assertArrayEquals(
        new double[] {-1, Math.sqrt(0.5), 0},
        CosineSimilarity.of().perSample(truth, said).toDoubles(),
        1e-12);
  }

  @Test
  void smoothedClassesAreSmoothedDistributions() {
    Tensor classes = scope.tensor(Shape.of(2), 2, 1);
    Tensor oneHot = scope.tensor(Shape.of(2, 3), 0f, 0f, 1f, 0f, 1f, 0f);
    double expected = 0;
    for (int row = 0; row < 2; row++) {
      for (int place = 0; place < 3; place++) {
        double label = 0.1 + (place == 2 - row ? 0.7 : 0);
        expected -= label * logSoftmax(LOGITS[row], place) / 2;
      }
    }
    Loss sparse = SparseCategoricalCrossentropy.of().fromLogits(true).smoothing(0.3);
    Loss dense = CategoricalCrossentropy.of().fromLogits(true).smoothing(0.3);
    assertEquals(expected, sparse.apply(classes, logits()).value(), 1e-12);
    assertEquals(expected, dense.apply(oneHot, logits()).value(), 1e-12);
  }

  @Test
  void anIgnoredClassDoesNotCount() {
    Tensor labels = scope.tensor(Shape.of(2, 3), -1, 2, 1, -1, -1, 0);
    Tensor logits = scope.normal(DType.F64, Shape.of(2, 3, 4)).tracked();
    double first = -logits.logSoftmax(-1).value(0, 1, 2) - logits.logSoftmax(-1).value(0, 2, 1);
    double second = -logits.logSoftmax(-1).value(1, 2, 0);
    Loss loss = SparseCategoricalCrossentropy.of().fromLogits(true).ignore(-1);
    assertEquals((first + second) / 3, loss.apply(labels, logits).value(), 1e-12);
    assertArrayEquals(
        new double[] {first * 2 / 3, second * 2 / 3},
        loss.perSample(labels, logits).toDoubles(),
        1e-12);
    GradCheck.of(in -> loss.apply(labels, in[0])).check(logits);
    assertDoesNotThrow(() -> loss.check(labels, logits.shape(), row -> row));
    Tensor none = scope.tensor(Shape.of(1, 3), -1, -1, -1);
    assertEquals(0, loss.apply(none, scope.normal(DType.F64, Shape.of(1, 3, 4))).value());
  }

  @Test
  void anIgnoredClassMayBeOneOfTheClasses() {
    Loss loss = SparseCategoricalCrossentropy.of().fromLogits(true).ignore(2);
    assertEquals(
        -logSoftmax(LOGITS[1], 1),
        loss.apply(scope.tensor(Shape.of(2, 1), 2L, 1L), logits()).value(),
        1e-12);
  }

  @Test
  void theMeanOfSamplesIsTheLoss() {
    Tensor x = scope.normal(DType.F64, Shape.of(4, 2, 3));
    Tensor p = x.softmax(-1);
    Tensor classes = scope.tensor(Shape.of(4, 2), 0, 2, 1, 1, 0, 0, 2, 2);
    Loss fused = SparseCategoricalCrossentropy.of();
    Tensor each = fused.perSample(classes, p);
    assertEquals(Shape.of(4), each.shape());
    assertEquals(fused.apply(classes, p).value(), each.mean().value(), 1e-12);
    Tensor targets = scope.uniform(DType.F64, Shape.of(4, 2, 3));
    for (Loss loss : ofTargets()) {
      Tensor rows = loss.perSample(targets, p);
      assertEquals(Shape.of(4), rows.shape());
      assertEquals(loss.apply(targets, p).value(), rows.mean().value(), 1e-12, loss.name());
    }
  }

  @Test
  void weightsMultiplyTheLossesOfSamples() {
    Tensor labels = scope.tensor(Shape.of(2), 2, 1);
    Tensor weights = scope.tensor(Shape.of(2), 3.0, 0.5);
    Loss loss = SparseCategoricalCrossentropy.of().fromLogits(true);
    double expected = -(3 * logSoftmax(LOGITS[0], 2) + 0.5 * logSoftmax(LOGITS[1], 1)) / 2;
    assertEquals(expected, loss.apply(labels, logits(), weights).value(), 1e-12);
    GradCheck.of(in -> loss.apply(labels, in[0], weights)).check(logits().tracked());
  }

  private static Loss[] ofTargets() {
    return new Loss[] {
      CategoricalCrossentropy.of(),
      CategoricalCrossentropy.of().smoothing(0.25),
      BinaryCrossentropy.of(),
      BinaryCrossentropy.of().smoothing(0.25),
      MeanSquaredError.of(),
      MeanAbsoluteError.of(),
      Huber.of().delta(0.25),
      LogCosh.of(),
      Poisson.of(),
      Hinge.of(),
      SquaredHinge.of(),
      KLDivergence.of(),
      CosineSimilarity.of()
    };
  }

  @Test
  void gradientsAreTheSlopes() {
    Tensor x = scope.normal(DType.F64, Shape.of(4, 3)).tracked();
    Tensor p = scope.uniform(DType.F64, Shape.of(4, 3)).mul(0.8).add(0.1).tracked();
    Tensor classes = scope.tensor(Shape.of(4), 0, 2, 1, 1);
    Tensor targets = scope.uniform(DType.F64, Shape.of(4, 3));
    for (SparseCategoricalCrossentropy loss :
        List.of(
            SparseCategoricalCrossentropy.of(),
            SparseCategoricalCrossentropy.of().smoothing(0.25),
            SparseCategoricalCrossentropy.of().fromLogits(true))) {
      GradCheck.of(in -> loss.perSample(classes, in[0])).check(p);
      GradCheck.of(in -> loss.apply(classes, in[0])).check(p);
      GradCheck.of(in -> loss.apply(classes, in[0].softmax(-1))).check(x);
    }
    List<Loss> losses = new ArrayList<>(List.of(ofTargets()));
    losses.add(CategoricalCrossentropy.of().fromLogits(true));
    losses.add(BinaryCrossentropy.of().fromLogits(true));
    for (Loss loss : losses) {
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
    assertEquals(
        "hinge: label 2.0 of sample 101 is not -1, 0 or 1: labels [2] x prediction [2, 1]",
        error(Hinge.of(), scope.tensor(Shape.of(2), 1, 2), Shape.of(2, 1)));
    assertEquals(
        "klDivergence: a distribution over the last axis expected: labels f32 [2] x prediction"
            + " [2, 3]",
        error(KLDivergence.of(), scope.zeros(DType.F32, Shape.of(2)), prediction));
    assertEquals(
        "cosineSimilarity: vectors along the last axis expected: labels f32 [2] x prediction [2]",
        error(CosineSimilarity.of(), scope.zeros(DType.F32, Shape.of(2)), Shape.of(2)));
    assertDoesNotThrow(
        () -> sparse.check(scope.tensor(Shape.of(2, 1), 2L, 0L), prediction, row -> row));
  }

  @Test
  void attributesOutOfRangeAreRefused() {
    assertEquals("huber: delta above 0 expected, not 0.0", refused(() -> Huber.of().delta(0)));
    assertEquals(
        "binaryCrossentropy: smoothing from 0 to 1, not -0.5",
        refused(() -> BinaryCrossentropy.of().smoothing(-0.5)));
    assertEquals(
        "sparseCategoricalCrossentropy: smoothing from 0 to 1, not 1.5",
        refused(() -> SparseCategoricalCrossentropy.of().smoothing(1.5)));
    assertEquals(
        "sparseCategoricalCrossentropy: label 3 in place 1 is none of 3 classes: prediction [2, 3]",
        refused(
            () ->
                SparseCategoricalCrossentropy.of()
                    .perSample(scope.tensor(Shape.of(2), 0, 3), logits())));
  }

  private static String refused(Executable run) {
    return assertThrows(IllegalArgumentException.class, run).getMessage();
  }

  private static String error(Loss loss, Tensor labels, Shape prediction) {
    return assertThrows(
            IllegalArgumentException.class, () -> loss.check(labels, prediction, row -> 100 + row))
        .getMessage();
  }
}
