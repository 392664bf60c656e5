package dev.lanewise.models.cli;

import dev.lanewise.models.zoo.Perceptron;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.History;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Scores;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains the multilayer perceptron of the zoo. */
@Command(
    name = "mlp",
    mixinStandardHelpOptions = true,
    description = "Train a multilayer perceptron on pictures of digits.")
final class TrainPerceptron implements Callable<Integer> {
  private static final int SHEET = 1000;
  private static final int BATCH = 32;

  @Mixin private RunOptions options;
  @Mixin private ReportOptions report;

  private final PrintStream out = System.out;

  /** For picocli. */
  TrainPerceptron() {}

  @Override
  public Integer call() throws IOException {
    report.prepare();
    Digits digits = options.digits(out);
    Path output = options.output("mlp");
    int epochs = options.epochs(5);
    long steps = epochs * Math.ceilDiv(digits.train().size(), BATCH);
    try (Model model = Perceptron.fresh(options.seed(), steps)) {
      out.println(model.summary());
      Fit fit =
          Fit.epochs(epochs).batch(BATCH).validation(digits.test()).listener(new TrainingBar(out));
      ReportOptions.Run run = new ReportOptions.Run(model, digits, fit, options.seed());
      History history =
          InterruptibleFit.run(
              model, digits.train(), fit, output, out, ended -> report.write(run, ended, out));
      Scores scores = model.evaluate(digits.test());
      out.printf(
          Locale.ROOT,
          "test: accuracy %.2f %% on %d pictures%n",
          100 * scores.value("accuracy"),
          scores.samples());
      Path file = output.resolve("perceptron.safetensors");
      model.save(file);
      int count = (int) Math.min(SHEET, digits.test().size());
      float[][] pictures = Digits.pictures(digits.test(), count);
      Path sheet = output.resolve("digits.png");
      Digits.writeSheet(
          pictures, Digits.labels(digits.test(), count), model.predict(pictures), sheet);
      Path curves = output.resolve("training.png");
      TrainingCurves.write(history, curves);
      out.printf("saved: %s, drawn: %s and %s%n", file, sheet, curves);
    }
    return 0;
  }
}
