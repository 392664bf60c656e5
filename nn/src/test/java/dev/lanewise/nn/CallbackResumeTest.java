package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.callback.EarlyStopping;
import dev.lanewise.nn.callback.LearningRateScheduler;
import dev.lanewise.nn.callback.ModelCheckpoint;
import dev.lanewise.nn.callback.ReduceLROnPlateau;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Dropout;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.metric.Metric;
import dev.lanewise.nn.metric.TopKAccuracy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run decides by what it has seen, it decides alike after an interruption anywhere. */
class CallbackResumeTest {
  private static final int EPOCHS = 9;
  private static final int STEPS = 3;

  private static final Network PERCEPTRON =
      Sequential.of(
          Input.of(2),
          Dense.of(16).activation(RELU),
          Dropout.of(0.1),
          Dense.of(3).activation(SOFTMAX));
  private static final DataSet TRAIN = Synthetic.spirals(96, 1);
  private static final DataSet TEST = Synthetic.spirals(48, 2);

  /**
   * When a run is killed.
   *
   * @param every so many steps a checkpoint is written, 0 for after each epoch only
   * @param step of its three, 4 for after the epoch and before its checkpoint
   */
  private record Moment(int every, int epoch, long step) {}

  private static final List<Moment> MOMENTS =
      List.of(
          new Moment(1, 1, 1),
          new Moment(0, 1, 4),
          new Moment(0, 2, 1),
          new Moment(2, 3, 3),
          new Moment(1, 4, 2),
          new Moment(0, 5, 3),
          new Moment(2, 6, 4),
          new Moment(1, 7, 3),
          new Moment(0, 8, 2),
          new Moment(0, 9, 4));

  @TempDir Path directory;

  private static Model model(Metric... metrics) {
    return PERCEPTRON.compile(Adam.of(0.3), SparseCategoricalCrossentropy.of(), metrics);
  }

  private static Fit plan() {
    return Fit.epochs(EPOCHS).batch(32).validation(TEST);
  }

  /** A plan with listeners that were never used, and what they say after the run. */
  private record Steered(Fit fit, Supplier<Object> said) {
    Steered(Fit fit) {
      this(fit, () -> "nothing");
    }
  }

  /** All that a run leads to. */
  private record Outcome(
      List<List<Float>> weights,
      int kept,
      boolean stopped,
      Optional<String> reason,
      double rate,
      Object said) {}

  private static List<List<Float>> weights(Model model) {
    List<List<Float>> weights = new ArrayList<>();
    for (var parameter : model.parameters()) {
      List<Float> values = new ArrayList<>();
      for (float value : parameter.tensor().toFloats()) {
        values.add(value);
      }
      weights.add(values);
    }
    return weights;
  }

  /** Notes the rate of the next step when the run has ended. */
  private static final class Rate implements FitListener {
    private TrainingControl control;
    private double rate;

    @Override
    public void onFitBegin(Model model, Fit fit, TrainingControl given) {
      control = given;
    }

    @Override
    public void onFitEnd(History history) {
      rate = control.rate();
    }
  }

  private static Outcome outcome(Steered steered) {
    Rate rate = new Rate();
    try (Model model = model(Accuracy.of())) {
      History history = model.fit(TRAIN, steered.fit.listener(rate));
      return new Outcome(
          weights(model),
          history.kept(),
          history.stopped(),
          history.reason(),
          rate.rate,
          steered.said.get());
    }
  }

  /** Ends the thread's run as no listener can. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  /** Kills a run at a moment. */
  private record Killer(int epoch, long step) implements FitListener {
    @Override
    public void onBatchEnd(Progress progress) {
      if (progress.epoch() == epoch && progress.step() == step) {
        throw new Killed();
      }
    }

    @Override
    public void onEpochEnd(Epoch ended) {
      if (ended.number() == epoch && step == STEPS + 1) {
        throw new Killed();
      }
    }
  }

  /** Trains until it is killed, or to the end where it does not come so far. */
  private static void killed(Steered steered, int epoch, long step) {
    try (Model model = model(Accuracy.of())) {
      model.fit(TRAIN, steered.fit.listener(new Killer(epoch, step)));
    } catch (Killed expected) {
      return;
    }
  }

  /** Interrupts a run at each of the moments. */
  private Outcome assertResumed(Function<Path, Steered> steered) throws IOException {
    Outcome whole =
        outcome(steered.apply(Files.createDirectories(directory.resolve("uninterrupted"))));
    for (Moment moment : MOMENTS) {
      Path folder = Files.createDirectories(directory.resolve(moment.toString()));
      Path file = folder.resolve("run.safetensors");
      Steered before = steered.apply(folder);
      killed(new Steered(before.fit.checkpoint(file, moment.every)), moment.epoch, moment.step);
      Steered after = steered.apply(folder);
      Fit resumed = after.fit.checkpoint(file, moment.every).resume(true);
      assertEquals(whole, outcome(new Steered(resumed, after.said)), moment.toString());
    }
    return whole;
  }

  @Test
  void theBestWeightsAreKept() throws IOException {
    Outcome whole = assertResumed(_ -> new Steered(plan().keepBest(true)));
    assertTrue(whole.kept < EPOCHS, "the last is the best");
  }

  @Test
  void aRunIsStoppedEarly() throws IOException {
    Outcome whole =
        assertResumed(
            _ -> {
              EarlyStopping stopping = EarlyStopping.of(2).restoreBestWeights(true);
              return new Steered(plan().listener(stopping), stopping::bestEpoch);
            });
    assertTrue(whole.stopped);
    assertTrue(whole.kept > 1 && whole.reason.orElseThrow().endsWith(" for 2 epochs"));
  }

  @Test
  void twoOfAKindKeepTheirOwnStates() throws IOException {
    assertResumed(
        _ -> {
          EarlyStopping one = EarlyStopping.of(4).monitor("loss").restoreBestWeights(true);
          EarlyStopping other = EarlyStopping.of(3).monitor("val_accuracy");
          return new Steered(
              plan().listener(one).listener(other),
              () -> List.of(one.bestEpoch(), other.bestEpoch()));
        });
  }

  @Test
  void theRateFallsOnPlateaus() throws IOException {
    Outcome whole =
        assertResumed(_ -> new Steered(plan().listener(ReduceLROnPlateau.of(0.5, 1).cooldown(1))));
    assertTrue(whole.rate <= 0.3 / 4, "rate " + whole.rate);
  }

  @Test
  void theRateIsRuledOncePerEpoch() throws IOException {
    Outcome whole =
        assertResumed(
            _ -> new Steered(plan().listener(LearningRateScheduler.of((_, rate) -> 0.9 * rate))));
    assertEquals(0.3 * Math.pow(0.9, EPOCHS), whole.rate, 1e-12);
  }

  @Test
  void theBestIsSaved() throws IOException {
    Outcome whole =
        assertResumed(
            folder -> {
              Path file = folder.resolve("best-{epoch}.safetensors");
              ModelCheckpoint saving = ModelCheckpoint.of(file).saveBestOnly(true);
              return new Steered(plan().listener(saving), () -> saved(folder, saving));
            });
    assertFalse(whole.said.toString().contains("best-" + EPOCHS), whole.toString());
  }

  /** The names of the files and which was the last. */
  private static Object saved(Path folder, ModelCheckpoint saving) {
    Set<String> names = new TreeSet<>();
    try (var files = Files.list(folder)) {
      files.map(file -> file.getFileName().toString()).forEach(names::add);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
    names.remove("run.safetensors");
    return names + " last " + saving.saved().getFileName();
  }

  @Test
  void allOfThemWorkTogether() throws IOException {
    assertResumed(
        folder -> {
          EarlyStopping stopping = EarlyStopping.of(5);
          ModelCheckpoint saving =
              ModelCheckpoint.of(folder.resolve("best.safetensors")).saveBestOnly(true);
          return new Steered(
              plan()
                  .keepBest(true)
                  .listener(ReduceLROnPlateau.of(0.3, 2))
                  .listener(stopping)
                  .listener(saving),
              stopping::bestEpoch);
        });
  }

  /** Has a state of awkward values and fails where it is told to. */
  private static final class Awkward implements StatefulListener {
    private static final Map<String, String> STATE =
        Map.of(
            "nan", Double.toString(Double.NaN),
            "infinite", Double.toString(Double.NEGATIVE_INFINITY),
            "zero", Double.toString(-0.0),
            "tiny", Double.toString(Double.MIN_VALUE),
            "third", Double.toString(1 / 3.0),
            "text", "\"a\\b\"\n\u0001 \u00e9\ud83d\ude00",
            "with.dots", "");

    private final String broken;
    private Map<String, String> found = Map.of();

    Awkward(String broken) {
      this.broken = broken;
    }

    @Override
    public Map<String, String> state() {
      if (broken.equals("state")) {
        throw new IllegalStateException("no state");
      }
      Map<String, String> state = new LinkedHashMap<>(STATE);
      if (broken.equals("null")) {
        state.put("null", null);
      }
      return state;
    }

    @Override
    public void restore(Map<String, String> state) {
      found = state;
      if (broken.equals("restore")) {
        throw new AssertionError("no restoring");
      }
    }
  }

  @Test
  void statesOfListenersSurviveExactly() {
    Path file = directory.resolve("run.safetensors");
    outcome(new Steered(Fit.epochs(1).checkpoint(file).listener(new Awkward(""))));
    Awkward next = new Awkward("");
    outcome(new Steered(Fit.epochs(2).checkpoint(file).resume(true).listener(next)));
    assertEquals(Awkward.STATE, next.found);
    assertTrue(Double.isNaN(Double.parseDouble(next.found.get("nan"))));
    assertEquals(Double.MIN_VALUE, Double.parseDouble(next.found.get("tiny")));
  }

  /** What is logged under a class's name while something runs. */
  private static List<String> logged(Class<?> name, Runnable run) {
    List<String> logged = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            logged.add(entry.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(name.getName());
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    try {
      run.run();
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
    return logged;
  }

  @Test
  void aStateThatFailsStopsNothing() {
    Outcome whole = outcome(new Steered(plan()));
    for (String broken : List.of("state", "null", "restore")) {
      Path file = directory.resolve(broken + ".safetensors");
      List<String> first =
          logged(
              FitListener.class,
              () ->
                  outcome(
                      new Steered(
                          Fit.epochs(3)
                              .batch(32)
                              .validation(TEST)
                              .checkpoint(file)
                              .listener(new Awkward(broken)))));
      Outcome[] resumed = new Outcome[1];
      List<String> second =
          logged(
              FitListener.class,
              () ->
                  resumed[0] =
                      outcome(
                          new Steered(
                              plan().checkpoint(file).resume(true).listener(new Awkward(broken)))));
      assertEquals(whole, resumed[0]);
      String failed =
          "fit: a listener failed, training goes on: "
              + "dev.lanewise.nn.CallbackResumeTest$Awkward";
      assertEquals(broken.equals("restore") ? List.of() : List.of(failed), first, broken);
      assertTrue(second.contains(failed), broken + second);
    }
  }

  /** A checkpoint as it was before it had states of listeners and best weights. */
  private static void strip(Path file) throws IOException {
    try (Scope scope = Scope.open("strip")) {
      Map<String, Tensor> tensors;
      Map<String, String> metadata;
      try (Safetensors read = Safetensors.open(file)) {
        tensors = read.readAll(scope);
        metadata = new LinkedHashMap<>(read.metadata());
      }
      tensors.keySet().removeIf(name -> name.startsWith("kept."));
      metadata
          .keySet()
          .removeIf(
              name ->
                  name.startsWith("kept.")
                      || name.startsWith("text.")
                      || name.equals("count.samplesOfEpoch"));
      Safetensors.write(file, tensors, metadata);
    }
  }

  @Test
  void anOlderCheckpointIsGoneOnFromAndTheLogSaysWhatBeginsAnew() throws IOException {
    Path file = directory.resolve("run.safetensors");
    Outcome whole = outcome(new Steered(plan()));
    outcome(new Steered(Fit.epochs(4).batch(32).validation(TEST).checkpoint(file)));
    strip(file);
    byte[] old = Files.readAllBytes(file);
    Outcome[] resumed = new Outcome[1];
    List<String> listeners =
        logged(
            FitListener.class,
            () ->
                resumed[0] =
                    outcome(
                        new Steered(
                            plan()
                                .checkpoint(file)
                                .resume(true)
                                .listener(EarlyStopping.of(EPOCHS)))));
    assertEquals(whole, resumed[0]);
    assertEquals(
        List.of(
            "fit: the checkpoint has no state of a listener, which begins anew: "
                + "dev.lanewise.nn.callback.EarlyStopping"),
        listeners);
    Files.write(file, old);
    assertEquals(
        List.of("fit: the checkpoint has no best weights: the best from epoch 5 on are kept"),
        logged(
            Checkpoint.class,
            () ->
                resumed[0] =
                    outcome(new Steered(plan().keepBest(true).checkpoint(file).resume(true)))));
    assertTrue(resumed[0].kept >= 5, resumed[0].toString());
  }

  @Test
  void theBestByAnotherMetricIsRefused() {
    Path file = directory.resolve("run.safetensors");
    outcome(new Steered(Fit.epochs(1).validation(TEST).checkpoint(file)));
    try (Model model = model(TopKAccuracy.of(2))) {
      List<List<Float>> before = weights(model);
      String name = model.recipe().orElseThrow().metrics().getFirst().name();
      assertEquals(
          "checkpoint: 'kept.best' was judged by [loss, accuracy]: '%s' expected: %s"
              .formatted(name, file),
          assertThrows(
                  IllegalArgumentException.class,
                  () -> model.fit(TRAIN, plan().checkpoint(file).resume(true)))
              .getMessage());
      assertEquals(before, weights(model));
    }
  }

  @Test
  void aRunThatIsOverStaysSo() {
    Path file = directory.resolve("run.safetensors");
    Supplier<Fit> early =
        () -> plan().checkpoint(file).listener(EarlyStopping.of(2).restoreBestWeights(true));
    Outcome whole = outcome(new Steered(early.get()));
    byte[] written = bytes(file);
    try (Model model = model(Accuracy.of())) {
      History history = model.fit(TRAIN, early.get().resume(true));
      assertEquals(List.of(), history.epochs());
      assertEquals(whole.reason, history.reason());
      assertEquals(whole.weights, weights(model));
    }
    assertArrayEquals(written, bytes(file));
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }
}
