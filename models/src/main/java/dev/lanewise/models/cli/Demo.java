package dev.lanewise.models.cli;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.models.zoo.DigitsNetwork;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.History;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Scores;
import dev.lanewise.nn.data.DataSet;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains the digits network, saves it, loads it back, and measures how fast it predicts. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Train a network on pictures of digits, save it, serve it.")
final class Demo implements Callable<Integer> {
  private static final int SHEET = 1000;
  private static final int BATCH = 32;

  @Mixin private RunOptions options;
  @Mixin private ReportOptions report;

  @Option(
      names = "--augment",
      description = "shift, turn and zoom the pictures anew in every epoch; the rate falls to zero")
  private boolean augment;

  private final PrintStream out = System.out;

  /** For picocli. */
  Demo() {}

  @Override
  public Integer call() throws IOException {
    report.prepare();
    Digits digits = options.digits(out);
    Path output = options.output("demo");
    int epochs = options.epochs(augment ? 15 : digits.isReal() ? 5 : 3);
    try (Model model = fresh(digits, epochs)) {
      out.println(model.summary());
      Fit fit =
          Fit.epochs(epochs).batch(BATCH).validation(digits.test()).listener(new TrainingBar(out));
      ReportOptions.Run run = new ReportOptions.Run(model, digits, fit, options.seed());
      History history =
          InterruptibleFit.run(
              model, trained(digits), fit, output, out, ended -> report.write(run, ended, out));
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
      measure(file, pictures[0], predictions[0]);
      draw(digits, history, pictures, predictions, output);
      Path launcher = LaunchFile.write(output.resolve("lanewise.args"));
      out.printf(
          "next: predict the digit in a picture of your own with%n  %1$s @%2$s predict --model %3$s"
              + " PICTURE.png%n"
              + "or see what the model looks at with%n  %1$s @%2$s explain %3$s%n",
          LaunchFile.java(), launcher, file);
    }
    return 0;
  }

  private Model fresh(Digits digits, int epochs) {
    long steps = epochs * Math.ceilDiv(digits.train().size(), BATCH);
    return augment
        ? DigitsNetwork.fresh(options.seed(), steps)
        : DigitsNetwork.fresh(options.seed());
  }

  private DataSet trained(Digits digits) {
    return augment
        ? digits.train().augmented(options.seed(), DigitsNetwork.augmentation())
        : digits.train();
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
  private void measure(Path file, float[] picture, float[] expected) throws IOException {
    Engine alone = Engine.of(CpuProfile.detected(), Workers.of(1));
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

  private void draw(
      Digits digits, History history, float[][] pictures, float[][] predictions, Path output)
      throws IOException {
    Path sheet = output.resolve("digits.png");
    int[] labels = Digits.labels(digits.test(), pictures.length);
    Digits.writeSheet(pictures, labels, predictions, sheet);
    Path curves = output.resolve("training.png");
    TrainingCurves.write(history, curves);
    out.printf("drawn: %s, mistakes first, and %s%n", sheet, curves);
  }
}
