package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.data.Augmentation;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.BatchNormalization;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Dropout;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.ExponentialDecay;
import dev.lanewise.tensor.Shape;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed and resumed ends as the one that was not interrupted, bit for bit. */
class ResumeTest {
  private static final int EPOCHS = 4;
  private static final int BATCH = 10;

  @TempDir Path directory;

  private static Model model() {
    return Sequential.of(
            Input.of(6, 6, 1),
            Conv2D.of(4, 3).activation(Activation.RELU),
            BatchNormalization.of(),
            Flatten.of(),
            Dropout.of(0.2),
            Dense.of(3).activation(Activation.SOFTMAX))
        .seed(3)
        .compile(Adam.of(ExponentialDecay.of(0.01, 10, 0.9)), SparseCategoricalCrossentropy.of());
  }

  /** 95 pictures, so that the last batch is a short one, changed at random in every epoch. */
  private static DataSet data() {
    SplittableRandom random = new SplittableRandom(1);
    int count = 95;
    float[] pixels = new float[count * 36];
    int[] classes = new int[count];
    for (int i = 0; i < count; i++) {
      classes[i] = i % 3;
      for (int j = 0; j < 36; j++) {
        pixels[i * 36 + j] = (float) (random.nextDouble() + (j / 12 == classes[i] ? 1 : 0));
      }
    }
    return DataSet.of(Shape.of(6, 6, 1), pixels, classes)
        .augmented(1, Augmentation.affine(0.1, 10, 0.1), Augmentation.flip());
  }

  private static Fit plan() {
    return Fit.epochs(EPOCHS).batch(BATCH);
  }

  private static List<float[]> weights(Model model) {
    return model.parameters().stream().map(p -> p.tensor().toFloats()).toList();
  }

  private static List<float[]> uninterrupted() {
    try (Model model = model()) {
      model.fit(data(), plan());
      return weights(model);
    }
  }

  private static void assertSame(List<float[]> expected, List<float[]> found) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i));
    }
  }

  /** A program that trains with checkpoints and says each step, to be killed. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) {
      FitListener steps =
          new FitListener() {
            @Override
            public void onBatchEnd(Progress progress) {
              System.out.println("step " + progress.epoch() + " " + progress.step());
            }
          };
      try (Model model = model()) {
        model.fit(data(), plan().checkpoint(Path.of(arguments[0]), 3).listener(steps));
      }
      System.out.println("done");
    }
  }

  @Test
  void aKilledRunIsResumed() throws IOException, InterruptedException {
    Path file = directory.resolve("run.safetensors");
    Process victim =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                file.toString())
            .redirectError(new File(directory.toFile(), "errors"))
            .start();
    try (BufferedReader lines = victim.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null && !line.equals("step 2 8")) {
        line = lines.readLine();
      }
      victim.destroyForcibly();
    }
    assertTrue(victim.waitFor(1, TimeUnit.MINUTES));
    assertTrue(victim.exitValue() != 0, Files.readString(directory.resolve("errors")));
    try (Model model = model()) {
      History history = model.fit(data(), plan().checkpoint(file, 3).resume(true));
      assertTrue(history.epochs().getFirst().number() >= 2, history.toString());
      assertEquals(EPOCHS, history.last().number());
      assertSame(uninterrupted(), weights(model));
    }
  }

  @Test
  void aRunThatStoppedBetweenEpochsIsResumed() {
    Path file = directory.resolve("run.safetensors");
    try (Model model = model()) {
      model.fit(data(), Fit.epochs(2).batch(BATCH).checkpoint(file));
    }
    try (Model model = model()) {
      History history = model.fit(data(), plan().checkpoint(file).resume(true));
      assertEquals(2, history.epochs().size());
      assertEquals(EPOCHS, history.kept());
      assertSame(uninterrupted(), weights(model));
      assertTrue(model.fit(data(), plan().checkpoint(file).resume(true)).epochs().isEmpty());
      assertSame(uninterrupted(), weights(model));
    }
  }

  @Test
  void withoutAFileTheRunBegins() {
    Path file = directory.resolve("none.safetensors");
    try (Model model = model()) {
      assertEquals(EPOCHS, model.fit(data(), plan().checkpoint(file).resume(true)).epochs().size());
      assertSame(uninterrupted(), weights(model));
    }
  }

  @Test
  void aRateThatAListenerSetIsKept() {
    Path file = directory.resolve("run.safetensors");
    FitListener slower =
        new FitListener() {
          private TrainingControl control;

          @Override
          public void onFitBegin(Model model, Fit fit, TrainingControl steered) {
            control = steered;
          }

          @Override
          public void onEpochBegin(int epoch, int epochs) {
            if (epoch == 1) {
              control.rate(0.002);
            }
          }
        };
    List<float[]> whole;
    try (Model model = model()) {
      model.fit(data(), plan().listener(slower));
      whole = weights(model);
    }
    try (Model model = model()) {
      model.fit(data(), Fit.epochs(2).batch(BATCH).checkpoint(file).listener(slower));
    }
    try (Model model = model()) {
      model.fit(data(), plan().checkpoint(file).resume(true));
      assertSame(whole, weights(model));
    }
  }

  @Test
  void aFailedCheckpointDoesNotStopTheRunAndABrokenOneIsNamed() throws IOException {
    Path nowhere = directory.resolve("missing").resolve("run.safetensors");
    try (Model model = model()) {
      model.fit(data(), plan().checkpoint(nowhere, 2));
      assertSame(uninterrupted(), weights(model));
    }
    Path broken = Files.writeString(directory.resolve("broken.safetensors"), "broken");
    try (Model model = model()) {
      List<float[]> before = weights(model);
      String message =
          assertThrows(
                  UncheckedIOException.class,
                  () -> model.fit(data(), plan().checkpoint(broken).resume(true)))
              .getMessage();
      assertTrue(message.startsWith("fit: cannot resume: " + broken + ": "), message);
      assertSame(before, weights(model));
    }
    assertEquals(
        "fit: nothing to resume from: no checkpoint is given",
        assertThrows(IllegalArgumentException.class, () -> plan().resume(true)).getMessage());
  }
}
