package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.callback.CSVLogger;
import dev.lanewise.nn.callback.EarlyStopping;
import dev.lanewise.nn.callback.LearningRateScheduler;
import dev.lanewise.nn.callback.Mode;
import dev.lanewise.nn.callback.ModelCheckpoint;
import dev.lanewise.nn.callback.ReduceLROnPlateau;
import dev.lanewise.nn.callback.TerminateOnNaN;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.nn.optimizer.SGD;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callbacks on runs that are played to them, and in runs of a small model. */
class CallbackTest {
  private static final Network PERCEPTRON =
      Sequential.of(Input.of(2), Dense.of(16).activation(RELU), Dense.of(3).activation(SOFTMAX));

  private final Scope scope = Scope.open("test");
  private final List<Integer> kept = new ArrayList<>();
  private final List<Double> rates = new ArrayList<>();

  @AfterEach
  void close() {
    scope.close();
  }

  private static Scores scores(double loss) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss", loss);
    values.put("accuracy", loss);
    return new Scores(1, values);
  }

  /**
   * Plays epochs with these values to a listener, for loss and accuracy alike, starting from a
   * learning rate of 1.
   *
   * @return the number of the epoch in which it stopped, or 0
   */
  private int play(FitListener listener, double... values) {
    Parameter w = new Parameter("w", scope.tensor(Shape.of(1), 0f));
    Descent descent = SGD.of(1).on(List.of(w), scope);
    int[] now = {0};
    TrainingControl control =
        new TrainingControl(descent, List.of(Accuracy.of()), () -> kept.add(now[0]));
    kept.clear();
    rates.clear();
    listener.onFitBegin(null, Fit.epochs(values.length), control);
    for (now[0] = 1; now[0] <= values.length; now[0]++) {
      Scores reached = scores(values[now[0] - 1]);
      listener.onEpochBegin(now[0], values.length);
      listener.onEpochEnd(
          new Epoch(now[0], reached, Optional.of(reached), control.rate(), Duration.ofSeconds(1)));
      rates.add(control.rate());
      if (control.isStopped()) {
        return now[0];
      }
    }
    return 0;
  }

  @Test
  void earlyStoppingWaitsForPatience() {
    EarlyStopping stopping = EarlyStopping.of(2);
    assertEquals(4, play(stopping, 5, 4, 4, 4, 3));
    assertEquals(2, stopping.bestEpoch());
    assertEquals(0, play(stopping, 5, 4, 4, 3, 3));
    assertEquals(6, play(stopping, 5, 4, 4, 3, 3, 3));
    assertEquals(3, play(EarlyStopping.of(0), 5, 4, 4));
    assertEquals(2, play(EarlyStopping.of(1), 5, 5));
    assertEquals(3, play(EarlyStopping.of(2), 5, Double.NaN, Double.NaN, 1));
    assertEquals(List.of(), kept);
  }

  @Test
  void earlyStoppingKeepsTheBestWeights() {
    EarlyStopping stopping = EarlyStopping.of(2).restoreBestWeights(true);
    play(stopping, 5, 4, 4.5, 3, 3);
    assertEquals(List.of(1, 2, 4), kept);
    play(stopping, Double.NaN, 4, 5);
    assertEquals(List.of(1, 2), kept);
  }

  @Test
  void earlyStoppingFollowsItsMonitor() {
    assertEquals(3, play(EarlyStopping.of(2).monitor("val_accuracy"), 5, 4, 3, 2));
    assertEquals(0, play(EarlyStopping.of(2).monitor("loss"), 5, 4, 3, 2));
    assertEquals(3, play(EarlyStopping.of(2).mode(Mode.MAX), 5, 4, 3, 2));
    assertEquals(0, play(EarlyStopping.of(2).monitor("accuracy").mode(Mode.MIN), 5, 4, 3, 2));
    assertEquals(3, play(EarlyStopping.of(2).minDelta(0.5), 5, 4.6, 4.6));
    assertEquals(0, play(EarlyStopping.of(2).minDelta(0.5), 5, 4.6, 4.4, 4));
    assertEquals(4, play(EarlyStopping.of(1).startFromEpoch(3), 5, 5, 5, 5));
    // Better than before is not good enough, so there is no patience left when it gets worse.
    assertEquals(4, play(EarlyStopping.of(2).baseline(3), 5, 4, 3.5, 3.6));
    assertEquals(5, play(EarlyStopping.of(2).baseline(3), 5, 4, 2, 3, 3));
  }

  @Test
  void theRateIsReducedOnAPlateau() {
    play(ReduceLROnPlateau.of(0.5, 2), 1, 1, 1, 1, 1);
    assertEquals(List.of(1.0, 1.0, 0.5, 0.5, 0.25), rates);
    play(ReduceLROnPlateau.of(0.5, 2), 1, 0.9999, 0.5, 0.25, 0.1);
    assertEquals(List.of(1.0, 1.0, 1.0, 1.0, 1.0), rates);
    play(ReduceLROnPlateau.of(0.5, 1).minDelta(0), 1, 0.9999, 0.9999);
    assertEquals(List.of(1.0, 1.0, 0.5), rates);
    play(ReduceLROnPlateau.of(0.5, 1).cooldown(2), 1, 1, 1, 1, 1, 1);
    assertEquals(List.of(1.0, 0.5, 0.5, 0.25, 0.25, 0.125), rates);
    play(ReduceLROnPlateau.of(0.1, 1).minRate(0.5), 1, 1, 1);
    assertEquals(List.of(1.0, 0.5, 0.5), rates);
    play(ReduceLROnPlateau.of(0.5, 1).monitor("accuracy"), 1, 2, 1);
    assertEquals(List.of(1.0, 1.0, 0.5), rates);
  }

  @Test
  void attributesOutOfRangeAreRefused() {
    assertEquals("earlyStopping: patience at least 0, not -1", error(() -> EarlyStopping.of(-1)));
    assertEquals(
        "reduceLROnPlateau: a factor from 0 below 1 and patience at least 0, not 1.0 and 3",
        error(() -> ReduceLROnPlateau.of(1, 3)));
    assertEquals(
        "monitor: minDelta at least 0, not -1.0", error(() -> EarlyStopping.of(1).minDelta(-1)));
    assertEquals(
        "fit: no loss or metric 'val_auc': loss and [accuracy] expected, or those of the validation"
            + " set with val_ before them",
        error(() -> play(EarlyStopping.of(1).monitor("val_auc"), 1, 2)));
    assertEquals(
        "epoch: no 'auc' among [loss, accuracy, learning_rate]",
        error(
            () ->
                new Epoch(1, scores(1), Optional.empty(), 1, Duration.ofSeconds(1)).value("auc")));
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }

  private static Model compiled(double rate) {
    return PERCEPTRON.compile(Adam.of(rate), SparseCategoricalCrossentropy.of(), Accuracy.of());
  }

  private static float[][] weights(Model model) {
    return model.parameters().stream()
        .map(parameter -> parameter.tensor().toFloats())
        .toArray(float[][]::new);
  }

  /** Copies the weights of every epoch. */
  private static final class Copies implements FitListener {
    private final List<float[][]> all = new ArrayList<>();
    private Model model;

    @Override
    public void onFitBegin(Model trained, Fit fit, TrainingControl control) {
      model = trained;
    }

    @Override
    public void onEpochEnd(Epoch epoch) {
      all.add(weights(model));
    }
  }

  @Test
  void aRunStoppedEarlyEndsWithTheBestWeights() {
    Copies copies = new Copies();
    EarlyStopping stopping = EarlyStopping.of(3).restoreBestWeights(true);
    try (Model model = compiled(0.3)) {
      History history =
          model.fit(
              Synthetic.spirals(96, 1),
              Fit.epochs(60)
                  .validation(Synthetic.spirals(48, 2))
                  .listener(copies)
                  .listener(stopping));
      assertTrue(history.stopped());
      assertEquals(stopping.bestEpoch(), history.kept());
      String reason = history.reason().orElseThrow();
      assertTrue(reason.startsWith("val_loss has not been better than 0."), reason);
      assertTrue(reason.endsWith(" for 3 epochs"), reason);
      assertEquals(stopping.bestEpoch() + 3, history.epochs().size());
      double[] losses = history.of("val_loss");
      assertEquals(Arrays.stream(losses).min().orElseThrow(), losses[history.kept() - 1]);
      assertTrue(Arrays.deepEquals(copies.all.get(history.kept() - 1), weights(model)));
    }
  }

  @Test
  void withoutRestoringARunStoppedEarlyEndsWithTheLastWeights() {
    Copies copies = new Copies();
    try (Model model = compiled(0.3)) {
      History history =
          model.fit(
              Synthetic.spirals(96, 1),
              Fit.epochs(60)
                  .validation(Synthetic.spirals(48, 2))
                  .listener(copies)
                  .listener(EarlyStopping.of(3)));
      assertTrue(history.stopped());
      assertEquals(history.epochs().size(), history.kept());
      assertTrue(Arrays.deepEquals(copies.all.getLast(), weights(model)));
    }
  }

  @Test
  void theSchedulerSetsTheRateOfEachEpoch() {
    try (Model model = compiled(1e-2)) {
      History history =
          model.fit(
              Synthetic.spirals(40, 1),
              Fit.epochs(4)
                  .listener(
                      LearningRateScheduler.of(
                          (epoch, rate) -> epoch < 3 ? rate : rate / (1 << epoch))));
      assertArrayEquals(
          new double[] {1e-2, 1e-2, 1e-2 / 8, 1e-2 / 128}, history.of("learning_rate"), 1e-18);
    }
  }

  @Test
  void aLossThatIsNoNumberEndsTheRun() {
    DataSet broken = DataSet.of(new float[][] {{1, 2}, {Float.NaN, 1}, {1, 1}}, 0, 1, 2);
    try (Model model = compiled(1e-2)) {
      History history =
          model.fit(broken, Fit.epochs(5).batch(1).shuffle(false).listener(TerminateOnNaN.of()));
      assertTrue(history.stopped());
      assertEquals(1, history.epochs().size());
      assertEquals(2, history.last().training().samples());
      assertEquals("the loss is NaN in epoch 1, step 2", history.reason().orElseThrow());
    }
  }

  @Test
  void numbersAreWrittenLineByLine(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("log.csv");
    Files.writeString(file, "old\n");
    try (Model model = compiled(1e-2)) {
      Fit fit = Fit.epochs(2).validation(Synthetic.spirals(9, 2));
      History first = model.fit(Synthetic.spirals(40, 1), fit.listener(CSVLogger.of(file)));
      List<String> lines = new ArrayList<>();
      lines.add("epoch,loss,accuracy,val_loss,val_accuracy,learning_rate");
      add(lines, first, ",");
      assertEquals(lines, Files.readAllLines(file));
      History second =
          model.fit(
              Synthetic.spirals(40, 1),
              fit.listener(CSVLogger.of(file).append(true).separator("\t")));
      add(lines, second, "\t");
      assertEquals(lines, Files.readAllLines(file));
    }
  }

  private static void add(List<String> lines, History history, String separator) {
    for (int i = 0; i < history.epochs().size(); i++) {
      StringBuilder line = new StringBuilder().append(i + 1);
      for (String name : List.of("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")) {
        line.append(separator).append(history.of(name)[i]);
      }
      lines.add(line.toString());
    }
  }

  @Test
  void everyEpochIsSaved(@TempDir Path folder) throws IOException {
    Copies copies = new Copies();
    ModelCheckpoint checkpoint =
        ModelCheckpoint.of(folder.resolve("w-{epoch:02d}-{val_loss:.3f}-{loss}.safetensors"));
    try (Model model = compiled(1e-2)) {
      History history =
          model.fit(
              Synthetic.spirals(40, 1),
              Fit.epochs(3)
                  .validation(Synthetic.spirals(9, 2))
                  .listener(copies)
                  .listener(checkpoint));
      for (Epoch epoch : history.epochs()) {
        String name =
            String.format(
                Locale.ROOT,
                "w-%02d-%.3f-%s.safetensors",
                epoch.number(),
                epoch.value("val_loss"),
                epoch.value("loss"));
        model.load(folder.resolve(name));
        assertTrue(Arrays.deepEquals(copies.all.get(epoch.number() - 1), weights(model)), name);
        assertEquals(epoch.number() == 3, folder.resolve(name).equals(checkpoint.saved()));
      }
    }
  }

  @Test
  void onlyTheBestIsSaved(@TempDir Path folder) throws IOException {
    Copies copies = new Copies();
    Path file = folder.resolve("best.safetensors");
    ModelCheckpoint checkpoint = ModelCheckpoint.of(file).saveBestOnly(true);
    try (Model model = compiled(0.3)) {
      History history =
          model.fit(
              Synthetic.spirals(96, 1),
              Fit.epochs(12)
                  .validation(Synthetic.spirals(48, 2))
                  .listener(copies)
                  .listener(checkpoint));
      double[] losses = history.of("val_loss");
      int best = 0;
      for (int i = 1; i < losses.length; i++) {
        best = losses[i] < losses[best] ? i : best;
      }
      assertFalse(Arrays.deepEquals(copies.all.get(best), copies.all.getLast()));
      model.load(file);
      assertTrue(Arrays.deepEquals(copies.all.get(best), weights(model)));
      assertEquals(file, checkpoint.saved());
      Files.delete(file);
      model.fit(
          Synthetic.spirals(96, 1),
          Fit.epochs(1)
              .validation(Synthetic.spirals(48, 2))
              .listener(checkpoint.initialThreshold(0)));
      assertNull(checkpoint.saved());
      assertTrue(Files.notExists(file));
    }
  }
}
