package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Dropout;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.MaxPooling2D;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Workers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    public void onFitBegin(Model model, Fit fit) {
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
    public void onFitBegin(Model trained, Fit fit) {
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
    public void onFitBegin(Model trained, Fit fit) {
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
          Fit.epochs(500)
              .validation(Synthetic.spirals(64, 2))
              .listener(memory)
              .stopWhen(() -> memory.perStep() < HEAP_BUDGET));
    }
    assertTrue(memory.perStep() < HEAP_BUDGET, memory.perStep() + " bytes");
    assertEquals(memory.reservedEarly, memory.reserved);
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
                        new Scores(1, java.util.Map.of("loss", 1.0)),
                        java.util.Optional.empty(),
                        Duration.ofSeconds(1))),
                false,
                1)
            .of("val_loss"));
  }
}
