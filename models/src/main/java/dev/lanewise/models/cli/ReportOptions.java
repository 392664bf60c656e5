package dev.lanewise.models.cli;

import dev.lanewise.models.report.Mistake;
import dev.lanewise.models.report.TrainingReport;
import dev.lanewise.models.zoo.PictureGrid;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.History;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.data.Batches;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.inspect.GradientStatistics;
import dev.lanewise.nn.metric.ConfusionMatrix;
import dev.lanewise.tensor.Scope;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What a command that trains a classifier of digits is told of its report. */
final class ReportOptions {
  private static final int CLASSES = 10;
  private static final int MISTAKES = 24;
  private static final int BATCH = 32;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "write a report of the run, one HTML page")
  private Path file;

  /** For picocli. */
  ReportOptions() {}

  /**
   * Makes the file's directory, so that a run is not lost for want of one.
   *
   * @throws IOException if that cannot be, or the file is a directory itself
   */
  void prepare() throws IOException {
    if (file == null) {
      return;
    }
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": is a directory, a file expected");
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
  }

  /**
   * What a report is of.
   *
   * @param model that was trained
   * @param digits it was trained on
   * @param fit how
   * @param seed of everything random
   */
  record Run(Model model, Digits digits, Fit fit, long seed) {}

  /** Writes the report, if one is asked for; where that fails the command goes on. */
  void write(Run run, History history, PrintStream out) {
    if (file == null) {
      return;
    }
    try {
      report(run, history).write(file);
      out.printf("report: %s, %d bytes%n", file, Files.size(file));
    } catch (IOException failed) {
      out.println("report: could not be written: " + failed.getMessage());
    }
  }

  private static TrainingReport report(Run run, History history) {
    Digits digits = run.digits;
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("data", digits.isReal() ? "photographs of handwriting" : "drawn by the program");
    settings.put(
        "samples",
        "%d to train, %d to test".formatted(digits.train().size(), digits.test().size()));
    settings.put("epochs", Integer.toString(run.fit.epochs()));
    settings.put("batch", Integer.toString(run.fit.batch()));
    settings.put("seed", Long.toString(run.seed));
    return TrainingReport.of(run.model, history)
        .settings(settings)
        .confusion(confusion(run.model, digits.test()))
        .mistakes(mistakes(run.model, digits.test()))
        .layers(layers(run.model, digits.train()));
  }

  private static ConfusionMatrix confusion(Model model, DataSet test) {
    ConfusionMatrix matrix = ConfusionMatrix.of(CLASSES);
    try (Scope scope = Scope.open("confusion")) {
      Batches batches = new Batches(test, BATCH, scope);
      for (long index = 0; index < batches.count(); index++) {
        batches.read(index);
        try (Scope step = scope.child("step")) {
          matrix.add(batches.labels(index, step), model.predict(batches.features(index, step)));
        }
      }
    }
    return matrix;
  }

  private static List<Mistake> mistakes(Model model, DataSet test) {
    int count = Math.toIntExact(test.size());
    float[][] pictures = Digits.pictures(test, count);
    int[] labels = Digits.labels(test, count);
    float[][] predictions = model.predict(pictures);
    List<Mistake> mistakes = new ArrayList<>();
    for (int i = 0; i < count && mistakes.size() < MISTAKES; i++) {
      int said = Digits.classOf(predictions[i]);
      if (said != labels[i]) {
        PictureGrid grid = new PictureGrid(1, 1, (int) Math.sqrt(pictures[i].length));
        grid.put(0, 0, pictures[i]);
        mistakes.add(
            new Mistake(
                grid.picture(),
                Integer.toString(labels[i]),
                Integer.toString(said),
                predictions[i][said]));
      }
    }
    return mistakes;
  }

  /** Weights and gradients for the first batch, as the training left the model. */
  static List<GradientStatistics> layers(Model model, DataSet data) {
    try (Scope scope = Scope.open("layers")) {
      Batches batches = new Batches(data, BATCH, scope);
      batches.read(0);
      return GradientStatistics.of(
          model,
          model.recipe().orElseThrow().loss(),
          batches.features(0, scope),
          batches.labels(0, scope));
    }
  }
}
