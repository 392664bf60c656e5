package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.inspect.GradientStatistics;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Embedding;
import dev.lanewise.nn.layer.GRU;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.LSTM;
import dev.lanewise.nn.layer.Masking;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.layer.TimeDistributed;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.nn.loss.CategoricalCrossentropy;
import dev.lanewise.nn.loss.CosineSimilarity;
import dev.lanewise.nn.loss.Hinge;
import dev.lanewise.nn.loss.Huber;
import dev.lanewise.nn.loss.KLDivergence;
import dev.lanewise.nn.loss.LogCosh;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.loss.MeanAbsoluteError;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.loss.Poisson;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.loss.SquaredHinge;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.metric.F1;
import dev.lanewise.nn.metric.Metric;
import dev.lanewise.nn.metric.Perplexity;
import dev.lanewise.nn.metric.R2;
import dev.lanewise.nn.metric.RootMeanSquaredError;
import dev.lanewise.nn.metric.TopKAccuracy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.SGD;
import dev.lanewise.nn.weight.L2;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Training and evaluation of sequences that are padded to one length. */
class MaskedTrainingTest {
  static final int STEPS = 5;
  private static final int WIDTH = 3;
  private static final int CLASSES = 4;

  private static final Metric[] OF_CLASSES = {
    Accuracy.of(), TopKAccuracy.of(2), Perplexity.of(), F1.of()
  };
  private static final Metric[] OF_NUMBERS = {Accuracy.of(), RootMeanSquaredError.of(), R2.of()};

  private static final List<Loss> LOSSES =
      List.of(
          SparseCategoricalCrossentropy.of(),
          SparseCategoricalCrossentropy.of().smoothing(0.1),
          CategoricalCrossentropy.of(),
          BinaryCrossentropy.of(),
          CosineSimilarity.of(),
          Hinge.of(),
          SquaredHinge.of(),
          Huber.of(),
          KLDivergence.of(),
          LogCosh.of(),
          MeanAbsoluteError.of(),
          MeanSquaredError.of(),
          Poisson.of());

  private static Network network(int steps) {
    return Sequential.of(
            Input.of(steps, WIDTH),
            Masking.of(),
            GRU.of(5).returnSequences(true),
            Dense.of(CLASSES).activation(Activation.SOFTMAX))
        .dtype(DType.F64)
        .seed(7);
  }

  private static boolean isOfClasses(Loss loss) {
    return loss instanceof SparseCategoricalCrossentropy;
  }

  /** Sequences whose bits say which steps count; the labels of others are none. */
  private record Ragged(List<boolean[]> bits, Tensor features, Tensor classes, Tensor oneHot) {
    static Ragged of(Scope scope, boolean[]... bits) {
      Philox stream = new Philox(5, 5);
      int n = bits.length;
      Tensor features = scope.zeros(DType.F64, Shape.of(n, STEPS, WIDTH));
      Tensor classes = scope.full(DType.I32, Shape.of(n, STEPS), -1);
      Tensor oneHot = scope.full(DType.F64, Shape.of(n, STEPS, CLASSES), Double.NaN);
      for (int i = 0; i < n; i++) {
        for (int step = 0; step < STEPS; step++) {
          if (bits[i][step]) {
            long place = (long) i * STEPS + step;
            for (int k = 0; k < WIDTH; k++) {
              features.set(stream.normal(place * WIDTH + k), i, step, k);
            }
            int label = (int) (stream.substream(1).uniform(place) * CLASSES);
            classes.set(label, i, step);
            for (int k = 0; k < CLASSES; k++) {
              oneHot.set(k == label ? 1 : 0, i, step, k);
            }
          }
        }
      }
      return new Ragged(List.of(bits), features, classes, oneHot);
    }

    Tensor labels(Loss loss) {
      return isOfClasses(loss) ? classes : oneHot;
    }

    DataSet data(Loss loss) {
      return DataSet.of(features, labels(loss));
    }

    int length(int sample) {
      int length = 0;
      for (boolean counts : bits.get(sample)) {
        length += counts ? 1 : 0;
      }
      return length;
    }

    /** The steps of one sample that count, {@code [1, length, ...]}. */
    Tensor unpadded(Tensor x, int sample) {
      long[] extents = x.shape().extents();
      extents[0] = 1;
      extents[1] = length(sample);
      Tensor all = x.scope().empty(x.dtype(), Shape.of(extents));
      int to = 0;
      for (int step = 0; step < STEPS; step++) {
        if (bits.get(sample)[step]) {
          x.slice(0, sample, sample + 1)
              .slice(1, step, step + 1)
              .copyInto(all.slice(1, to, to + 1));
          to++;
        }
      }
      return all;
    }
  }

  private static boolean[] first(int length) {
    boolean[] bits = new boolean[STEPS];
    Arrays.fill(bits, 0, length, true);
    return bits;
  }

  private static double[] values(Model model) {
    return model.parameters().stream()
        .map(Parameter::tensor)
        .flatMapToDouble(tensor -> Arrays.stream(tensor.toDoubles()))
        .toArray();
  }

  /** What each sequence has by itself, without padding, is what the batch has. */
  @Property(tries = 100)
  void aBatchScoresAsItsSequencesDo(
      @ForAll @IntRange(max = 12) int loss,
      @ForAll @Size(min = 1, max = 4) List<@Size(STEPS) List<Boolean>> given) {
    boolean[][] bits = new boolean[given.size()][STEPS];
    for (int i = 0; i < bits.length; i++) {
      for (int step = 0; step < STEPS; step++) {
        bits[i][step] = given.get(i).get(step);
      }
    }
    assertScoresOfSequences(LOSSES.get(loss), bits);
  }

  private static void assertScoresOfSequences(Loss loss, boolean[]... bits) {
    Metric[] metrics = isOfClasses(loss) ? OF_CLASSES : OF_NUMBERS;
    Metric.Tally[] tallies = Arrays.stream(metrics).map(Metric::tally).toArray(Metric.Tally[]::new);
    try (Model model = network(STEPS).compile(SGD.of(0.1), loss, metrics);
        Scope scope = model.scope().child("test")) {
      Ragged ragged = Ragged.of(scope, bits);
      double sum = 0;
      long places = 0;
      for (int i = 0; i < bits.length; i++) {
        int length = ragged.length(i);
        if (length > 0) {
          try (Model one = network(length).build();
              Scope own = one.scope().child("test")) {
            Tensor prediction = one.call(ragged.unpadded(ragged.features, i).in(own));
            Tensor labels = ragged.unpadded(ragged.labels(loss), i).in(own);
            sum += length * loss.apply(labels, prediction).value();
            places += length;
            for (Metric.Tally tally : tallies) {
              tally.add(labels, prediction);
            }
          }
        }
      }
      Scores scores = model.evaluate(ragged.data(loss));
      assertEquals(bits.length, scores.samples());
      assertEquals(places == 0 ? 0 : sum / places, scores.loss(), 1e-12, loss.name());
      for (int i = 0; i < metrics.length; i++) {
        double expected = tallies[i].value();
        String name = metrics[i].name();
        assertEquals(expected, scores.value(name), 1e-9, name);
      }
    }
  }

  @Test
  void perplexityIsThatOfThePlacesThatCount() {
    Loss loss = SparseCategoricalCrossentropy.of();
    try (Model model = network(STEPS).compile(SGD.of(0), loss, Perplexity.of());
        Scope scope = model.scope().child("test")) {
      DataSet data = Ragged.of(scope, first(2), first(5)).data(loss);
      Scores scores = model.evaluate(data);
      assertEquals(Math.exp(scores.loss()), scores.value("perplexity"), 1e-9);
    }
  }

  /** The step that unpadded sequences would make, each as heavy as it is long. */
  @Test
  void aStepIsThatOfTheUnpaddedSequences() {
    Loss loss = SparseCategoricalCrossentropy.of();
    boolean[][] bits = {first(2), first(0), first(5), first(3)};
    try (Model padded = network(STEPS).compile(SGD.of(0.5), loss);
        Scope scope = padded.scope().child("test")) {
      Ragged ragged = Ragged.of(scope, bits);
      double[] before = values(padded);
      padded.trainOnBatch(ragged.features, ragged.classes);
      double[] moved = values(padded);
      double[] expected = before.clone();
      for (int i = 0; i < bits.length; i++) {
        int length = ragged.length(i);
        if (length > 0) {
          try (Model one = network(length).compile(SGD.of(0.5 * length / 10), loss)) {
            one.trainOnBatch(
                ragged.unpadded(ragged.features, i), ragged.unpadded(ragged.classes, i));
            double[] after = values(one);
            for (int k = 0; k < expected.length; k++) {
              expected[k] += after[k] - before[k];
            }
          }
        }
      }
      assertArrayEquals(expected, moved, 1e-12);
    }
  }

  @Test
  void fitIsTheSameStepsAndItsScoresAreThoseOfPlacesThatCount() {
    Loss loss = SparseCategoricalCrossentropy.of();
    try (Model fitted = network(STEPS).compile(SGD.of(0.5), loss, Accuracy.of());
        Model stepped = network(STEPS).compile(SGD.of(0.5), loss, Accuracy.of());
        Scope scope = fitted.scope().child("test")) {
      Ragged ragged = Ragged.of(scope, first(2), first(5), first(1), first(0));
      DataSet data = ragged.data(loss);
      double accuracy = fitted.evaluate(data).value("accuracy");
      History history = fitted.fit(data, Fit.epochs(1).batch(2).shuffle(false).validation(data));
      double sum = 0;
      for (int from = 0; from < 4; from += 2) {
        sum +=
            stepped.trainOnBatch(
                ragged.features.slice(0, from, from + 2).copyTo(scope),
                ragged.classes.slice(0, from, from + 2).copyTo(scope));
      }
      assertArrayEquals(values(stepped), values(fitted));
      Epoch last = history.last();
      assertEquals(sum / 2, last.training().loss(), 1e-12);
      assertEquals(4, last.training().samples());
      assertTrue(accuracy >= 0 && accuracy <= 1);
      Scores validation = last.validation().orElseThrow();
      Scores whole = fitted.evaluate(data);
      assertEquals(whole.value("accuracy"), validation.value("accuracy"));
      // Eight places count: seven in the first two samples, one in the others.
      double firstTwo = fitted.evaluate(data.slice(0, 2)).loss();
      double others = fitted.evaluate(data.slice(2, 4)).loss();
      assertEquals((7 * firstTwo + others) / 8, whole.loss(), 1e-12);
      // Two batches of two samples are equally heavy.
      assertEquals((firstTwo + others) / 2, validation.loss(), 1e-12);
    }
  }

  /**
   * Words with a class each, padded with zeros; the class is whether a word and the one before add
   * up to five.
   */
  private static DataSet tagged(int sentences, int padding, long seed) {
    Philox stream = new Philox(seed, 3);
    int length = 8;
    int[] words = new int[sentences * length];
    int[] classes = new int[words.length];
    for (int i = 0; i < sentences; i++) {
      Philox own = stream.substream(i);
      int end = 1 + (int) (own.uniform(99) * length);
      for (int step = 0; step < length; step++) {
        int at = i * length + step;
        boolean counts = step < end;
        words[at] = counts ? 1 + (int) (own.uniform(step) * 4) : 0;
        int before = step == 0 ? 0 : words[at - 1];
        classes[at] = counts ? (words[at] + before) / 5 : padding;
      }
    }
    try (Scope scope = Scope.open("data")) {
      Shape shape = Shape.of(sentences, length);
      return DataSet.of(scope.tensor(shape, words), scope.tensor(shape, classes));
    }
  }

  private static final Network TAGGER =
      Sequential.of(
          Input.of(8).as(DType.I32),
          Embedding.of(5, 6).maskZero(true),
          LSTM.of(16).returnSequences(true),
          TimeDistributed.of(Dense.of(2).activation(Activation.SOFTMAX)));

  @Test
  void aTaggerLearnsFromPaddedSentences() {
    try (Model model =
        TAGGER.compile(Adam.of(2e-2), SparseCategoricalCrossentropy.of(), Accuracy.of())) {
      History history =
          model.fit(
              tagged(300, -1, 1), Fit.epochs(12).validation(tagged(100, -1, 2)).keepBest(true));
      Scores scores = model.evaluate(tagged(100, -1, 2));
      assertTrue(scores.value("accuracy") > 0.97, scores + " " + history.last().training());
      assertTrue(scores.loss() < 0.1, scores.toString());
      // What the padding's labels are makes no difference.
      assertEquals(scores, model.evaluate(tagged(100, 1, 2)));
    }
  }

  @Test
  void labelsOfPaddingChangeNoBit() {
    double[][] losses = new double[2][];
    for (int i = 0; i < 2; i++) {
      try (Model model = TAGGER.compile(Adam.of(1e-2), SparseCategoricalCrossentropy.of())) {
        losses[i] = model.fit(tagged(64, i - 1, 1), Fit.epochs(2)).of("loss");
      }
    }
    assertArrayEquals(losses[0], losses[1]);
  }

  @Test
  void aBatchOfPaddingMovesNothing() {
    Loss loss = SparseCategoricalCrossentropy.of();
    try (Model model = network(STEPS).compile(SGD.of(0.5), loss, Accuracy.of(), R2.of());
        Scope scope = model.scope().child("test")) {
      Ragged none = Ragged.of(scope, first(0), first(0));
      double[] before = values(model);
      assertEquals(0, model.trainOnBatch(none.features, none.classes));
      Fit fit = Fit.epochs(1).sampleWeights(_ -> 2);
      Scores trained = model.fit(none.data(loss), fit).last().training();
      assertEquals(0, trained.loss());
      assertTrue(Double.isNaN(trained.value("accuracy")));
      assertArrayEquals(before, values(model));
      Scores scores = model.evaluate(none.data(loss));
      assertEquals(0, scores.loss());
      assertTrue(Double.isNaN(scores.value("accuracy")) && Double.isNaN(scores.value("r2_score")));
    }
  }

  @Test
  void penaltiesAreThereWhereNothingCounts() {
    Network network =
        Sequential.of(
            Input.of(STEPS, WIDTH).as(DType.F64),
            Masking.of(),
            Dense.of(CLASSES).kernelRegularizer(L2.of(0.5)));
    Loss loss = MeanSquaredError.of();
    try (Model model = network.dtype(DType.F64).compile(SGD.of(0.1), loss);
        Scope scope = model.scope().child("test")) {
      Ragged none = Ragged.of(scope, first(0));
      double squares = 0;
      for (double value : model.parameter("dense.kernel").tensor().toDoubles()) {
        squares += value * value;
      }
      assertEquals(0.5 * squares, model.trainOnBatch(none.features, none.oneHot), 1e-12);
    }
  }

  @Test
  void weightsOfSamplesGoWithTheMask() {
    Loss loss = SparseCategoricalCrossentropy.of();
    double[] weights = {3, 7, 0.5};
    try (Model model = network(STEPS).compile(SGD.of(0), loss);
        Scope scope = model.scope().child("test")) {
      Ragged ragged = Ragged.of(scope, first(2), first(0), first(5));
      DataSet data = ragged.data(loss);
      double sum = 0;
      for (int i : new int[] {0, 2}) {
        double own = model.evaluate(data.slice(i, i + 1)).loss();
        sum += weights[i] * ragged.length(i) * own;
      }
      Fit fit = Fit.epochs(1).sampleWeights(sample -> weights[(int) sample]);
      assertEquals(sum / 7, model.fit(data, fit).last().training().loss(), 1e-12);
      Fit byClass = Fit.epochs(1).classWeights(Map.of(0, 2.0));
      assertEquals(
          "fit: class weights need one class for each sample: labels i32 [3, 5]",
          assertThrows(IllegalArgumentException.class, () -> model.fit(data, byClass))
              .getMessage());
    }
  }

  @Test
  void aLastStateHasNoMask() {
    Loss loss = SparseCategoricalCrossentropy.of();
    Network network =
        Sequential.of(
                Input.of(STEPS, WIDTH),
                Masking.of(),
                GRU.of(5),
                Dense.of(CLASSES).activation(Activation.SOFTMAX))
            .dtype(DType.F64);
    try (Model model = network.compile(SGD.of(0.1), loss);
        Scope scope = model.scope().child("test")) {
      Ragged ragged = Ragged.of(scope, first(2), first(0));
      assertFalse(model.callMasked(ragged.features, Pass.inference()).isMasked());
      Tensor labels = scope.tensor(Shape.of(2), 1, 2);
      double expected = loss.apply(labels, model.call(ragged.features)).value();
      assertEquals(expected, model.trainOnBatch(ragged.features, labels));
    }
  }

  @Test
  void aModelGivesTheMaskOfItsOutput() {
    try (Model model = network(STEPS).build();
        Scope scope = model.scope().child("test")) {
      Ragged ragged = Ragged.of(scope, first(2), first(5));
      var found = model.callMasked(ragged.features, Pass.inference());
      assertArrayEquals(new byte[] {1, 1, 0, 0, 0, 1, 1, 1, 1, 1}, found.mask().toBytes());
      assertArrayEquals(model.call(ragged.features).toDoubles(), found.values().toDoubles());
      assertEquals(
          "callMasked: f64 [2, 3] is no batch of samples: f64 [5, 3] behind the batch axis"
              + " expected",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> model.callMasked(scope.zeros(DType.F64, Shape.of(2, 3)), Pass.inference()))
              .getMessage());
    }
  }

  @Test
  void errorsNameTheSampleOfTheSet() {
    Loss loss = SparseCategoricalCrossentropy.of();
    try (Model model = network(STEPS).compile(SGD.of(0.1), loss);
        Scope scope = model.scope().child("test")) {
      Ragged ragged = Ragged.of(scope, first(1), first(0), first(5), first(3));
      ragged.classes.set(9, 3, 2);
      String expected =
          "sparseCategoricalCrossentropy: label 9 of sample 3 is none of 4 classes:"
              + " labels [1, 5] x prediction [1, 5, 4]";
      for (Runnable run :
          new Runnable[] {
            () -> model.fit(ragged.data(loss), Fit.epochs(1).batch(1)),
            () -> model.fit(ragged.data(loss), Fit.epochs(1).batch(1).shuffle(false))
          }) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, run::run).getMessage());
      }
      assertEquals(
          expected.replace("[1, 5", "[3, 5"),
          assertThrows(IllegalArgumentException.class, () -> model.evaluate(ragged.data(loss)))
              .getMessage());
    }
  }

  @Test
  void gradientStatisticsAreThoseOfPlacesThatCount() {
    Loss loss = SparseCategoricalCrossentropy.of();
    try (Model model = network(STEPS).build();
        Model one = network(2).build();
        Scope scope = model.scope().child("test")) {
      Ragged ragged = Ragged.of(scope, first(2));
      List<GradientStatistics> padded =
          GradientStatistics.of(model, loss, ragged.features, ragged.classes);
      List<GradientStatistics> plain =
          GradientStatistics.of(
              one, loss, ragged.unpadded(ragged.features, 0), ragged.unpadded(ragged.classes, 0));
      for (int i = 0; i < plain.size(); i++) {
        assertEquals(plain.get(i).gradient().norm(), padded.get(i).gradient().norm(), 1e-12);
      }
    }
  }
}
