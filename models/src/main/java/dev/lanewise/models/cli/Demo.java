package dev.lanewise.models.cli;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.models.zoo.DigitsNetwork;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.History;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Scores;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Workers;
import dev.lanewise.tensor.graph.CompiledModel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains the digits network, saves it, loads it back, and measures how fast it predicts. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Train a network on pictures of digits, save it, serve it.")
final class Demo implements Callable<Integer> {
  private static final int SHEET = 1000;

  @Option(
      names = "--data",
      defaultValue = "${sys:lanewise.data}",
      description = "directory of the four MNIST files; without it the program draws digits")
  private String data;

  @Option(names = "--epochs", description = "epochs of training (default: 5, drawn digits 3)")
  private Integer epochs;

  @Option(names = "--seed", defaultValue = "1", description = "seed of everything random")
  private long seed;

  @Option(
      names = "--output",
      defaultValue = "models/target/demo",
      description = "directory of the model and the pictures (default: ${DEFAULT-VALUE})")
  private Path output;

  private final PrintStream out = System.out;

  /** For picocli. */
  Demo() {}

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(output);
    Digits digits = digits();
    try (Model model = DigitsNetwork.fresh(seed)) {
      out.println(model.summary());
      History history = train(model, digits);
      Scores scores = model.evaluate(digits.test());
      out.printf(
          Locale.ROOT,
          "test: accuracy %.2f %% on %d pictures, loss %.4f%n",
          100 * scores.value("accuracy"),
          scores.samples(),
          scores.loss());

      Path file = output.resolve("digits.safetensors");
      model.save(file);
      out.printf("saved: %s, %d bytes%n", file, Files.size(file));
      int count = (int) Math.min(SHEET, digits.test().size());
      float[][] pictures = Digits.pictures(digits.test(), count);
      float[][] predictions = model.predict(pictures);
      requireSamePredictions(file, pictures, predictions);
      measure(pictures[0], predictions[0]);
      draw(digits, history, pictures, predictions);
      Path launcher = LaunchFile.write(output.resolve("lanewise.args"));
      out.printf(
          "next: predict the digit in a picture of your own with%n  %s @%s predict --model %s"
              + " PICTURE.png%n",
          LaunchFile.java(), launcher, file);
    }
    return 0;
  }

  private Digits digits() throws IOException {
    if (data == null || data.isBlank() || data.startsWith("${")) {
      out.println(
          "data: digits that this program draws itself, no handwriting; for MNIST give its files"
              + " with -Dlanewise.data=DIR");
      return Digits.drawn(seed);
    }
    Digits digits = Digits.read(Path.of(data));
    out.printf(
        "data: %d + %d pictures from %s%n", digits.train().size(), digits.test().size(), data);
    return digits;
  }

  /** Trains; Ctrl-C ends the run after the current step and the demo goes on with what is there. */
  private History train(Model model, Digits digits) {
    AtomicBoolean stop = new AtomicBoolean();
    CountDownLatch finished = new CountDownLatch(1);
    Thread onInterrupt =
        new Thread(
            () -> {
              stop.set(true);
              await(finished);
            },
            "stop-training");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    int count = epochs != null ? epochs : digits.isReal() ? 5 : 3;
    Fit fit =
        Fit.epochs(count)
            .validation(digits.test())
            .stopWhen(stop::get)
            .listener(new TrainingBar(out));
    History history = model.fit(digits.train(), fit);
    if (history.stopped()) {
      try {
        Path file = output.resolve("digits.safetensors");
        model.save(file);
        out.printf("stopped: weights of epoch %d kept in %s%n", history.kept(), file);
      } catch (IOException failed) {
        out.println("stopped: the weights could not be saved: " + failed.getMessage());
      }
      finished.countDown();
    } else {
      Runtime.getRuntime().removeShutdownHook(onInterrupt);
    }
    return history;
  }

  private static void await(CountDownLatch finished) {
    try {
      if (!finished.await(30, TimeUnit.SECONDS)) {
        System.err.println("stopped: the current step did not end within 30 seconds");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireSamePredictions(Path file, float[][] pictures, float[][] predictions)
      throws IOException {
    try (Model loaded = DigitsNetwork.layers().read(file)) {
      if (!Arrays.deepEquals(predictions, loaded.predict(pictures))) {
        throw new IllegalStateException("demo: the loaded model predicts something else");
      }
    }
    out.printf("loaded: predicts the same, bit for bit, for %d pictures%n", pictures.length);
  }

  /** Measures on one thread, in an engine without helpers. */
  private void measure(float[] picture, float[] expected) throws IOException {
    Engine alone = Engine.of(CpuProfile.detected(), Workers.of(1));
    Path file = output.resolve("digits.safetensors");
    try (Model single = DigitsNetwork.layers().engine(alone).read(file);
        CompiledModel compiled = single.compiled(1)) {
      float[] prediction = new float[expected.length];
      Latency latency = Latency.of(compiled, picture, prediction);
      if (!Arrays.equals(prediction, expected)) {
        throw new IllegalStateException("demo: one thread predicts something else");
      }
      out.println("prediction of one picture, one thread: " + latency);
    }
  }

  private void draw(Digits digits, History history, float[][] pictures, float[][] predictions)
      throws IOException {
    Path sheet = output.resolve("digits.png");
    int[] labels = Digits.labels(digits.test(), pictures.length);
    Digits.writeSheet(pictures, labels, predictions, sheet);
    Path curves = output.resolve("training.png");
    TrainingCurves.write(history, curves);
    out.printf("drawn: %s, mistakes first, and %s%n", sheet, curves);
  }
}
