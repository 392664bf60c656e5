package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lanewise.nn.data.Batches;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Dropout;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.MaxPooling2D;
import dev.lanewise.nn.loss.CategoricalCrossentropy;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.ExponentialDecay;
import dev.lanewise.nn.optimizer.SGD;
import dev.lanewise.nn.optimizer.Schedule;
import dev.lanewise.nn.weight.L2;
import dev.lanewise.nn.weight.MaxNorm;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class FitTest {
  /**
   * What one training step may allocate on the heap once warm: operator records, views, origins.
   */
  private static final long HEAP_BUDGET = 128 << 10;

  private static final Network PERCEPTRON =
      Sequential.of(
          Input.of(2),
          Dense.of(16).activation(RELU),
          Dropout.of(0.2),
          Dense.of(3).activation(SOFTMAX));

  private static final Network BARS =
      Sequential.of(
          Input.of(12, 12, 1),
          Conv2D.of(8, 3).activation(RELU),
          MaxPooling2D.of(2),
          Conv2D.of(16, 3).activation(RELU),
          Flatten.of(),
          Dropout.of(0.3),
          Dense.of(4).activation(SOFTMAX));

  private static Model compiled(Network network) {
    return network.compile(Adam.of(3e-3), SparseCategoricalCrossentropy.of(), Accuracy.of());
  }

  private static float[][] weights(Model model) {
    return model.parameters().stream()
        .map(Parameter::tensor)
        .map(tensor -> tensor.toFloats())
        .toArray(float[][]::new);
  }

  private static float[][] trained(Network network, DataSet data, Fit fit) {
    try (Model model = compiled(network)) {
      model.fit(data, fit);
      return weights(model);
    }
  }

  @Test
  void oneSeedGivesTheSameBitsOnAnyNumberOfThreads() {
    DataSet data = Synthetic.bars(70, 12, 1);
    float[][] expected = null;
    for (int threads : new int[] {1, 2, 3}) {
      try (Workers workers = Workers.of(threads)) {
        Network network = BARS.seed(5).engine(Engine.standard().workers(workers));
        float[][] weights = trained(network, data, Fit.epochs(2).batch(32));
        expected = expected == null ? weights : expected;
        assertTrue(Arrays.deepEquals(expected, weights), threads + " threads");
      }
    }
    assertFalse(Arrays.deepEquals(expected, trained(BARS.seed(6), data, Fit.epochs(2).batch(32))));
  }

  @Test
  void theFitsOwnSeedReplacesTheModels() {
    DataSet data = Synthetic.spirals(64, 1);
    float[][] one = trained(PERCEPTRON.seed(1), data, Fit.epochs(2).seed(9));
    assertTrue(Arrays.deepEquals(one, trained(PERCEPTRON.seed(1), data, Fit.epochs(2).seed(9))));
    assertFalse(Arrays.deepEquals(one, trained(PERCEPTRON.seed(1), data, Fit.epochs(2))));
  }

  @Test
  void twoFitsAreOneLongerFit() {
    DataSet data = Synthetic.spirals(70, 1);
    float[][] whole = trained(PERCEPTRON, data, Fit.epochs(5));
    try (Model model = compiled(PERCEPTRON)) {
      model.fit(data, Fit.epochs(2));
      model.fit(data, Fit.epochs(3));
      assertTrue(Arrays.deepEquals(whole, weights(model)));
    }
  }

  @Test
  void validationAndListenersChangeNothing() {
    DataSet data = Synthetic.spirals(70, 1);
    float[][] plain = trained(PERCEPTRON, data, Fit.epochs(3));
    Fit watched = Fit.epochs(3).validation(Synthetic.spirals(30, 2)).listener(new FitListener() {});
    assertTrue(Arrays.deepEquals(plain, trained(PERCEPTRON, data, watched)));
  }

  @Test
  void withoutShufflingSamplesComeAsTheyStand() {
    DataSet data = Synthetic.spirals(70, 1);
    float[][] one = trained(PERCEPTRON, data, Fit.epochs(1).shuffle(false));
    assertFalse(Arrays.deepEquals(one, trained(PERCEPTRON, data, Fit.epochs(1))));
  }

  /** Notes what it hears. */
  private static final class Notes implements FitListener {
    final List<String> heard = new ArrayList<>();
    Progress progress;

    @Override
    public void onFitBegin(Model model, Fit fit, TrainingControl control) {
      heard.add("fit " + model.name() + " " + fit.epochs());
    }

    @Override
    public void onEpochBegin(int epoch, int epochs) {
      heard.add("epoch " + epoch + "/" + epochs);
    }

    @Override
    public void onBatchEnd(Progress now) {
      progress = now;
      heard.add("step " + now.step() + "/" + now.steps() + " " + now.scores().samples());
    }

    @Override
    public void onEpochEnd(Epoch epoch) {
      heard.add("end " + epoch.number() + " " + epoch.training().samples());
    }

    @Override
    public void onFitEnd(History history) {
      heard.add("end " + history.kept());
    }
  }

  @Test
  void listenersHearEverythingInOrder() {
    Notes notes = new Notes();
    trained(PERCEPTRON, Synthetic.spirals(70, 1), Fit.epochs(2).batch(32).listener(notes));
    assertEquals(
        List.of(
            "fit sequential 2",
            "epoch 1/2",
            "step 1/3 32",
            "step 2/3 64",
            "step 3/3 70",
            "end 1 70",
            "epoch 2/2",
            "step 1/3 32",
            "step 2/3 64",
            "step 3/3 70",
            "end 2 70",
            "end 2"),
        notes.heard);
    assertTrue(notes.progress.samplesPerSecond() > 0);
    assertEquals(Duration.ZERO, notes.progress.timeLeft());
    Progress half = new Progress(1, 1, 2, 6, notes.progress.scores(), Duration.ofSeconds(3));
    assertEquals(Duration.ofSeconds(6), half.timeLeft());
    assertEquals(70 / 3.0, half.samplesPerSecond(), 1e-9);
  }

  @Test
  void aFailingListenerIsLoggedOnceAndStopsNothing() {
    List<LogRecord> logged = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            logged.add(entry);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(FitListener.class.getName());
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    try {
      Notes after = new Notes();
      FitListener failing =
          new FitListener() {
            @Override
            public void onBatchEnd(Progress progress) {
              throw new IllegalStateException("out of ink");
            }

            @Override
            public void onEpochEnd(Epoch epoch) {
              throw new AssertionError("out of paper");
            }
          };
      DataSet data = Synthetic.spirals(70, 1);
      float[][] weights =
          trained(PERCEPTRON, data, Fit.epochs(1).listener(failing).listener(after));
      assertEquals(7, after.heard.size());
      assertTrue(Arrays.deepEquals(trained(PERCEPTRON, data, Fit.epochs(1)), weights));
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
    assertEquals(1, logged.size());
    assertTrue(
        logged.getFirst().getMessage().startsWith("fit: a listener failed, training goes on"));
    assertEquals("out of ink", logged.getFirst().getThrown().getMessage());
  }

  @Test
  void aStoppedRunEndsAfterTheStepAndKeepsTheLatestWeights() {
    DataSet data = Synthetic.spirals(96, 1);
    int[] steps = {0};
    try (Model model = compiled(PERCEPTRON)) {
      History history = model.fit(data, Fit.epochs(9).batch(32).stopWhen(() -> ++steps[0] == 5));
      assertTrue(history.stopped());
      assertEquals(Optional.empty(), history.reason());
      assertEquals(2, history.epochs().size());
      assertEquals(64, history.last().training().samples());
      assertEquals(2, history.kept());
      assertTrue(history.last().validation().isEmpty());
    }
  }

  @Test
  void aStoppedRunKeepsTheBestValidatedWeights() {
    DataSet train = Synthetic.spirals(96, 1);
    DataSet test = Synthetic.spirals(48, 2);
    Best best = new Best();
    boolean[] stop = {false};
    FitListener stopper =
        new FitListener() {
          @Override
          public void onBatchEnd(Progress progress) {
            stop[0] = progress.epoch() == 5 && progress.step() == 2;
          }
        };
    try (Model model = compiled(PERCEPTRON)) {
      History history =
          model.fit(
              train,
              Fit.epochs(9)
                  .validation(test)
                  .listener(best)
                  .listener(stopper)
                  .stopWhen(() -> stop[0]));
      assertTrue(history.stopped());
      assertEquals(5, history.epochs().size());
      assertEquals(best.number, history.kept());
      assertTrue(Arrays.deepEquals(best.weights, weights(model)));
      assertEquals(best.scores, model.evaluate(test));
      assertTrue(Double.isNaN(history.of("val_loss")[4]));
    }
  }

  /** Keeps the weights of the epoch with the highest accuracy, then the lowest loss. */
  private static final class Best implements FitListener {
    Model model;
    Scores scores;
    float[][] weights;
    int number;

    @Override
    public void onFitBegin(Model trained, Fit fit, TrainingControl control) {
      model = trained;
    }

    @Override
    public void onEpochEnd(Epoch epoch) {
      Scores now = epoch.validation().orElse(null);
      if (now != null
          && (scores == null
              || now.value("accuracy") > scores.value("accuracy")
              || (now.value("accuracy") == scores.value("accuracy")
                  && now.loss() < scores.loss()))) {
        scores = now;
        weights = FitTest.weights(model);
        number = epoch.number();
      }
    }
  }

  @Test
  void theBestEpochIsKeptWhereAskedFor() {
    DataSet test = Synthetic.spirals(30, 2);
    Best best = new Best();
    try (Model model = compiled(PERCEPTRON)) {
      History history =
          model.fit(
              Synthetic.spirals(96, 1),
              Fit.epochs(6).validation(test).listener(best).keepBest(true));
      assertFalse(history.stopped());
      assertEquals(best.number, history.kept());
      assertTrue(Arrays.deepEquals(best.weights, weights(model)));
    }
  }

  /** Measures memory from step to step, and is content once steps have become cheap. */
  private static final class Memory implements FitListener {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long[] heap = new long[101];
    private int steps;
    private Model model;
    long reservedEarly;
    long reserved;

    @Override
    public void onFitBegin(Model trained, Fit fit, TrainingControl control) {
      model = trained;
    }

    @Override
    public void onBatchEnd(Progress progress) {
      heap[steps++ % heap.length] = THREADS.getCurrentThreadAllocatedBytes();
      reserved = model.scope().usage().reserved();
      reservedEarly = steps == 30 ? reserved : reservedEarly;
    }

    /** The median of what the last hundred steps allocated on the heap. */
    long perStep() {
      if (steps < heap.length) {
        return Long.MAX_VALUE;
      }
      long[] marks = heap.clone();
      Arrays.sort(marks);
      long[] growth = new long[marks.length - 1];
      for (int i = 0; i < growth.length; i++) {
        growth[i] = marks[i + 1] - marks[i];
      }
      Arrays.sort(growth);
      return growth[growth.length / 2];
    }
  }

  @Test
  void aWarmStepStaysWithinItsBudgets() {
    Memory memory = new Memory();
    try (Model model = compiled(PERCEPTRON)) {
      model.fit(
          Synthetic.spirals(320, 1),
          Fit.epochs(3000)
              .validation(Synthetic.spirals(64, 2))
              .listener(memory)
              .stopWhen(() -> memory.perStep() < HEAP_BUDGET));
    }
    assertTrue(memory.perStep() < HEAP_BUDGET, memory.perStep() + " bytes");
    assertEquals(memory.reservedEarly, memory.reserved);
  }

  @Test
  void partOfTheSamplesIsJudgedInsteadOfTrainedOn() {
    DataSet data = Synthetic.spirals(100, 1);
    Fit split = Fit.epochs(3).validationSplit(0.3);
    try (Model one = compiled(PERCEPTRON);
        Model other = compiled(PERCEPTRON)) {
      History history = one.fit(data, split);
      History sliced = other.fit(data.slice(0, 70), Fit.epochs(3).validation(data.slice(70, 100)));
      assertEquals(30, history.last().validation().orElseThrow().samples());
      assertArrayEquals(sliced.of("val_loss"), history.of("val_loss"));
      assertTrue(Arrays.deepEquals(weights(other), weights(one)));
    }
    assertEquals(0, split.validation(data).validationSplit());
    assertNull(Fit.epochs(1).validation(data).validationSplit(0.5).validation());
  }

  @Test
  void aSplitLeavesSamplesOnBothSides() {
    try (Model model = compiled(PERCEPTRON)) {
      DataSet two = Synthetic.spirals(2, 1);
      assertEquals(
          "fit: a validation split of 0.75 leaves 0 of 2 samples to train on",
          error(() -> model.fit(two, Fit.epochs(1).validationSplit(0.75))));
    }
    assertEquals(
        "fit: validation split from 0 below 1, not 1.0",
        error(() -> Fit.epochs(1).validationSplit(1)));
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }

  private static float[][] descended(double rate, DataSet data, Fit fit) {
    try (Model model =
        PERCEPTRON.compile(SGD.of(rate), SparseCategoricalCrossentropy.of(), Accuracy.of())) {
      model.fit(data, fit);
      return weights(model);
    }
  }

  @Test
  void weightsOfSamplesScaleTheirGradients() {
    DataSet data = Synthetic.spirals(70, 1);
    float[][] even = descended(0.5, data, Fit.epochs(2).sampleWeights(_ -> 1));
    float[][] twice = descended(0.25, data, Fit.epochs(2).sampleWeights(_ -> 2));
    assertTrue(Arrays.deepEquals(even, twice));
    float[][] plain = descended(0.5, data, Fit.epochs(2));
    for (int i = 0; i < plain.length; i++) {
      assertArrayEquals(plain[i], even[i], 1e-5f);
    }
  }

  @Test
  void weightsOfClassesAreThoseOfTheirSamples() {
    DataSet data = Synthetic.spirals(70, 1);
    float[][] byClass = descended(0.5, data, Fit.epochs(2).classWeights(Map.of(0, 3.0, 2, 0.5)));
    // The classes of the spirals are 0, 1, 2, 0, 1, 2, ...
    double[] ofArm = {3, 1, 0.5};
    Fit bySample = Fit.epochs(2).sampleWeights(sample -> ofArm[(int) (sample % 3)]);
    assertTrue(Arrays.deepEquals(descended(0.5, data, bySample), byClass));
    Fit both = bySample.classWeights(Map.of(0, 1 / 3.0, 2, 2.0));
    float[][] even = descended(0.5, data, Fit.epochs(2).sampleWeights(_ -> 1));
    assertTrue(Arrays.deepEquals(even, descended(0.5, data, both)));
  }

  @Test
  void theTrainingLossIsWeighted() {
    DataSet data = Synthetic.spirals(30, 1);
    try (Model model =
        PERCEPTRON.compile(SGD.of(0), SparseCategoricalCrossentropy.of(), Accuracy.of())) {
      Fit fit = Fit.epochs(1).seed(3).validation(data);
      double plain = model.fit(data, fit).last().training().loss();
      History weighted = model.fit(data, fit.sampleWeights(_ -> 0.25));
      double seenAgain = model.fit(data, fit.sampleWeights(_ -> 1)).last().training().loss();
      assertTrue(plain > 0);
      assertEquals(model.evaluate(data).loss(), weighted.last().validation().orElseThrow().loss());
      assertTrue(weighted.last().training().loss() < 0.5 * seenAgain);
    }
  }

  @Test
  void classWeightsOfDistributionsGoByTheirGreatest() {
    float[][] points = {{1, 0}, {0, 1}, {1, 1}};
    float[][] oneHot = {{1, 0, 0}, {0, 0, 1}, {0, 1, 0}};
    Fit fit = Fit.epochs(1).shuffle(false).classWeights(Map.of(2, 4.0));
    Fit bySample = Fit.epochs(1).shuffle(false).sampleWeights(sample -> sample == 1 ? 4 : 1);
    float[][][] found = new float[2][][];
    for (int i = 0; i < 2; i++) {
      try (Model model = PERCEPTRON.compile(SGD.of(1), CategoricalCrossentropy.of())) {
        model.fit(DataSet.of(points, oneHot), i == 0 ? fit : bySample);
        found[i] = weights(model);
      }
    }
    assertTrue(Arrays.deepEquals(found[0], found[1]));
  }

  @Test
  void classWeightsNeedAClassForEachSample() {
    try (Scope scope = Scope.open("test")) {
      Batches batches = new Batches(DataSet.of(new float[][] {{1, 2}}, 0), 1, scope);
      Tensor labels = scope.zeros(DType.I32, Shape.of(1, 2));
      SampleWeights weights = new SampleWeights(Map.of(0, 2.0), null);
      assertEquals(
          "fit: class weights need one class for each sample: labels i32 [1, 2]",
          error(() -> weights.of(batches, 0, labels, DType.F32, scope)));
    }
  }

  @Test
  void theRateIsRecorded() {
    Schedule halving = ExponentialDecay.of(0.5, 2, 0.5);
    try (Model model =
        PERCEPTRON.compile(Adam.of(halving), SparseCategoricalCrossentropy.of(), Accuracy.of())) {
      History history = model.fit(Synthetic.spirals(64, 1), Fit.epochs(3));
      // Two steps an epoch: the last ones are steps 1, 3 and 5.
      double[] expected = {halving.rate(1), halving.rate(3), halving.rate(5)};
      assertArrayEquals(expected, history.of("learning_rate"));
      assertEquals(expected[2], history.last().rate());
    }
  }

  /** Notes the weights after every step. */
  private static final class Steps implements FitListener {
    final List<float[][]> weights = new ArrayList<>();
    Model model;

    @Override
    public void onFitBegin(Model trained, Fit fit, TrainingControl control) {
      model = trained;
    }

    @Override
    public void onBatchEnd(Progress progress) {
      weights.add(FitTest.weights(model));
    }
  }

  @Test
  void aRunThatAveragesEndsWithTheAverages() {
    Steps steps = new Steps();
    try (Model model =
        PERCEPTRON.compile(Adam.of(1e-2).averaged(0.75), SparseCategoricalCrossentropy.of())) {
      model.fit(Synthetic.spirals(96, 1), Fit.epochs(2).listener(steps));
      float[][] found = weights(model);
      for (int i = 0; i < found.length; i++) {
        for (int j = 0; j < found[i].length; j++) {
          double average = steps.weights.getFirst()[i][j];
          for (float[][] after : steps.weights) {
            average = 0.75 * average + 0.25 * after[i][j];
          }
          assertEquals(average, found[i][j], 1e-6);
        }
      }
    }
  }

  /** Stops at a moment. */
  private static final class Stopper implements FitListener {
    private final String moment;
    private TrainingControl control;

    Stopper(String moment) {
      this.moment = moment;
    }

    private void at(String now) {
      if (now.equals(moment)) {
        control.stop("it is " + now);
      }
    }

    @Override
    public void onFitBegin(Model model, Fit fit, TrainingControl given) {
      control = given;
      at("begin");
    }

    @Override
    public void onEpochBegin(int epoch, int epochs) {
      at("epoch " + epoch);
    }

    @Override
    public void onBatchEnd(Progress progress) {
      at("step " + progress.epoch() + "." + progress.step());
    }

    @Override
    public void onEpochEnd(Epoch epoch) {
      at("end " + epoch.number());
    }
  }

  @Test
  void listenersStopARun() {
    Map<String, int[]> expected =
        Map.of(
            "begin", new int[] {1, 32, 0},
            "epoch 1", new int[] {1, 32, 0},
            "epoch 2", new int[] {2, 32, 1},
            "step 1.2", new int[] {1, 64, 0},
            "end 2", new int[] {2, 70, 2});
    expected.forEach(
        (moment, counts) -> {
          try (Model model = compiled(PERCEPTRON)) {
            DataSet data = Synthetic.spirals(70, 1);
            Fit fit = Fit.epochs(4).validation(data).listener(new Stopper(moment));
            History history = model.fit(data, fit);
            assertTrue(history.stopped(), moment);
            assertEquals(Optional.of("it is " + moment), history.reason());
            assertEquals(counts[0], history.epochs().size(), moment);
            assertEquals(counts[0], history.kept(), moment);
            assertEquals(counts[1], history.last().training().samples(), moment);
            long validated =
                history.epochs().stream().filter(each -> each.validation().isPresent()).count();
            assertEquals(counts[2], validated, moment);
          }
        });
  }

  @Test
  void aListenerChoosesTheWeightsToEndWith() {
    Steps steps = new Steps();
    FitListener second =
        new FitListener() {
          private TrainingControl control;

          @Override
          public void onFitBegin(Model model, Fit fit, TrainingControl given) {
            control = given;
          }

          @Override
          public void onEpochEnd(Epoch epoch) {
            if (epoch.number() <= 2) {
              control.keepWeights();
            }
          }
        };
    try (Model model = compiled(PERCEPTRON)) {
      DataSet data = Synthetic.spirals(64, 1);
      History history =
          model.fit(
              data, Fit.epochs(4).validation(data).keepBest(true).listener(steps).listener(second));
      assertEquals(2, history.kept());
      assertTrue(Arrays.deepEquals(steps.weights.get(3), weights(model)));
    }
  }

  @Test
  void aListenerMayKeepTheWeightsOfTheBeginning() {
    FitListener keeper =
        new FitListener() {
          private TrainingControl control;

          @Override
          public void onFitBegin(Model model, Fit fit, TrainingControl given) {
            control = given;
            control.keepWeights();
          }

          @Override
          public void onBatchEnd(Progress progress) {
            if (progress.epoch() == 1 && progress.step() == 1) {
              control.keepWeights();
            }
          }
        };
    FitListener first =
        new FitListener() {
          @Override
          public void onFitBegin(Model model, Fit fit, TrainingControl given) {
            given.keepWeights();
          }
        };
    try (Model model = compiled(PERCEPTRON)) {
      float[][] before = weights(model);
      DataSet data = Synthetic.spirals(64, 1);
      assertEquals(0, model.fit(data, Fit.epochs(2).listener(first)).kept());
      assertTrue(Arrays.deepEquals(before, weights(model)));
      Steps steps = new Steps();
      assertEquals(1, model.fit(data, Fit.epochs(2).listener(steps).listener(keeper)).kept());
      assertTrue(Arrays.deepEquals(steps.weights.getFirst(), weights(model)));
    }
  }

  @Test
  void aRateSetByAListenerStaysForTheNextRun() {
    FitListener setter =
        new FitListener() {
          @Override
          public void onFitBegin(Model model, Fit fit, TrainingControl control) {
            control.rate(0.125);
            assertEquals(0.125, control.rate());
            assertEquals(0, control.steps());
          }
        };
    try (Model model = compiled(PERCEPTRON)) {
      DataSet data = Synthetic.spirals(64, 1);
      assertEquals(0.125, model.fit(data, Fit.epochs(1).listener(setter)).last().rate());
      assertEquals(0.125, model.fit(data, Fit.epochs(1)).last().rate());
    }
  }

  @Test
  void plansAreValues() {
    Fit fit = Fit.epochs(3).batch(8).seed(4).shuffle(false);
    assertEquals(3, fit.epochs());
    assertEquals(8, fit.batch());
    assertEquals(OptionalLong.of(4), fit.seed());
    assertFalse(fit.shuffle());
    assertArrayEquals(
        new double[] {Double.NaN},
        new History(
                List.of(
                    new Epoch(
                        1,
                        new Scores(1, Map.of("loss", 1.0)),
                        Optional.empty(),
                        0.5,
                        Duration.ofSeconds(1))),
                false,
                1,
                Optional.empty())
            .of("val_loss"));
  }

  /** One SGD step by hand: the gradient of the loss and of the price, then the constraint. */
  @Test
  void pricesAndConstraintsOfWeightsShapeTheStep() {
    DataSet one = DataSet.of(new float[][] {{1, 2}}, new float[][] {{3}});
    Dense dense =
        Dense.of(1)
            .useBias(false)
            .kernel((target, _) -> target.copyFrom(1f, -1f))
            .kernelRegularizer(L2.of(0.5));
    try (Model model =
        Sequential.of(Input.of(2), dense).compile(SGD.of(0.1), MeanSquaredError.of())) {
      History history = model.fit(one, Fit.epochs(1));
      // Prediction -1, loss 16, price 0.5 (1 + 1); slopes 2 (-1 - 3) x + w.
      assertEquals(17, history.last().training().loss(), 1e-5);
      assertArrayEquals(
          new float[] {1.7f, 0.7f}, model.parameter("dense.kernel").tensor().toFloats(), 1e-5f);
    }
    try (Model model =
        Sequential.of(Input.of(2), dense.kernelConstraint(MaxNorm.of(1)))
            .compile(SGD.of(0.1), MeanSquaredError.of())) {
      model.fit(one, Fit.epochs(1));
      float norm = (float) Math.hypot(1.7, 0.7);
      assertArrayEquals(
          new float[] {1.7f / norm, 0.7f / norm},
          model.parameter("dense.kernel").tensor().toFloats(),
          1e-5f);
    }
  }
}
