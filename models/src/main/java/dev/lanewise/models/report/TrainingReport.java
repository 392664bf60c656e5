package dev.lanewise.models.report;

import dev.lanewise.nn.Epoch;
import dev.lanewise.nn.History;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.inspect.GradientStatistics;
import dev.lanewise.nn.io.AtomicFile;
import dev.lanewise.nn.metric.ConfusionMatrix;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Statistics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The report of a training run as one HTML page that needs no other file: settings, curves, the
 * epochs' numbers, confusion matrix, mistakes with their pictures, what weights and gradients are
 * like, and the model's summary. What is not given is left out.
 *
 * <p>All text in it is escaped. Immutable.
 *
 * @param title of the page
 * @param settings of the run, by name
 * @param summary of the model
 * @param history of the run
 * @param confusion of a test set; null for none
 * @param mistakes some of those made on a test set
 * @param layers weights and gradients
 */
public record TrainingReport(
    String title,
    Map<String, String> settings,
    String summary,
    History history,
    ConfusionMatrix confusion,
    List<Mistake> mistakes,
    List<GradientStatistics> layers) {
  private static final String STYLE =
      """
      body { font: 14px sans-serif; margin: 2em auto; max-width: 1000px; color: #222; }
      h2 { border-bottom: 1px solid #ccc; margin-top: 2em; }
      table { border-collapse: collapse; }
      th { text-align: left; font-weight: normal; color: #666; padding: 2px 12px 2px 0; }
      td { padding: 2px 8px; }
      .numbers td { text-align: right; }
      figure { display: inline-block; margin: 6px; text-align: center; font-size: 12px; }
      img { max-width: 100%; }
      pre { overflow-x: auto; background: #f6f6f6; padding: 1em; }
      """;

  /** Copies the collections, the settings in their order. */
  public TrainingReport {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    mistakes = List.copyOf(mistakes);
    layers = List.copyOf(layers);
  }

  /** Of this run: its history, the model's summary and what it was compiled with. */
  public static TrainingReport of(Model model, History history) {
    Map<String, String> settings = new LinkedHashMap<>();
    model
        .recipe()
        .ifPresent(
            recipe -> {
              settings.put("optimizer", recipe.optimizer().toString());
              settings.put("loss", recipe.loss().toString());
            });
    Engine engine = model.scope().engine();
    settings.put("kernels", engine.kernels().name() + " on " + engine.profile().model());
    settings.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    return new TrainingReport(
        "Training of " + model.name(),
        settings,
        model.summary(),
        history,
        null,
        List.of(),
        List.of());
  }

  /** This report with more settings, which stand before the others. */
  public TrainingReport settings(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(more);
    settings.forEach(all::putIfAbsent);
    return new TrainingReport(title, all, summary, history, confusion, mistakes, layers);
  }

  /** This report with the confusion matrix of a test set. */
  public TrainingReport confusion(ConfusionMatrix other) {
    return new TrainingReport(title, settings, summary, history, other, mistakes, layers);
  }

  /** This report with samples that the model took for something else. */
  public TrainingReport mistakes(List<Mistake> others) {
    return new TrainingReport(title, settings, summary, history, confusion, others, layers);
  }

  /** This report with weights and gradients. */
  public TrainingReport layers(List<GradientStatistics> others) {
    return new TrainingReport(title, settings, summary, history, confusion, mistakes, others);
  }

  /** Writes the page to a file, which is replaced as a whole or left as it was. */
  public void write(Path file) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(html());
    AtomicFile.write(
        file,
        channel -> {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  /** The page. */
  public String html() {
    Html html = new Html(title, STYLE);
    html.heading("Settings").table(settings);
    if (!history.epochs().isEmpty()) {
      addHistory(html);
    }
    if (confusion != null && confusion.samples() > 0) {
      html.heading("Confusion matrix")
          .element(
              "p",
              String.format(
                  Locale.ROOT,
                  "%d samples, %.2f %% right; a row for what they are, a column for what they were"
                      + " taken for",
                  confusion.samples(),
                  100 * confusion.value()))
          .matrix("", confusion.counts());
    }
    if (!mistakes.isEmpty()) {
      html.heading("Mistakes");
      for (Mistake mistake : mistakes) {
        String caption =
            String.format(
                Locale.ROOT,
                "%s, taken for %s (%.0f %%)",
                mistake.truth(),
                mistake.said(),
                100 * mistake.probability());
        html.figure(Png.dataUri(mistake.picture()), caption);
      }
    }
    if (!layers.isEmpty()) {
      addLayers(html);
    }
    return html.heading("Model").element("pre", summary).page();
  }

  private void addHistory(Html html) {
    html.heading("Curves");
    List<String> names = new ArrayList<>();
    for (Epoch epoch : history.epochs()) {
      for (String name : epoch.values().keySet()) {
        if (!names.contains(name)) {
          names.add(name);
        }
      }
    }
    for (String name : names) {
      boolean isBeside = name.startsWith("val_") && names.contains(name.substring(4));
      if (!isBeside) {
        html.picture(Png.dataUri(HistoryChart.of(history, name)), name + " over the epochs");
      }
    }
    html.heading("Epochs");
    html.element("p", outcome());
    List<String> titles = new ArrayList<>(List.of("epoch"));
    titles.addAll(names);
    titles.add("samples/s");
    List<List<String>> rows = new ArrayList<>();
    for (Epoch epoch : history.epochs()) {
      List<String> row = new ArrayList<>(List.of(Integer.toString(epoch.number())));
      for (String name : names) {
        Double value = epoch.values().get(name);
        row.add(value == null ? "" : number(value));
      }
      row.add(String.format(Locale.ROOT, "%.0f", epoch.samplesPerSecond()));
      rows.add(row);
    }
    html.table(titles, rows);
  }

  private String outcome() {
    Duration time =
        history.epochs().stream().map(Epoch::time).reduce(Duration.ZERO, Duration::plus);
    String ended =
        history
            .reason()
            .map(why -> "stopped: " + why)
            .orElse(history.stopped() ? "stopped" : "ran to its end");
    return String.format(
        Locale.ROOT,
        "%s; %.1f s of training; the model has the weights of epoch %d",
        ended,
        time.toMillis() / 1e3,
        history.kept());
  }

  private void addLayers(Html html) {
    html.heading("Weights and gradients")
        .picture(Png.dataUri(GradientChart.of(layers)), "norms of weights and of their gradients");
    List<String> titles =
        List.of(
            "weight",
            "shape",
            "mean",
            "min",
            "max",
            "norm",
            "gradient's mean",
            "greatest",
            "norm",
            "norm / weight's",
            "not finite");
    List<List<String>> rows = new ArrayList<>();
    for (GradientStatistics layer : layers) {
      Statistics weight = layer.weight();
      Statistics gradient = layer.gradient();
      rows.add(
          List.of(
              layer.name(),
              weight.shape().toString(),
              number(weight.mean()),
              number(weight.min()),
              number(weight.max()),
              number(weight.norm()),
              number(gradient.mean()),
              number(gradient.magnitude()),
              number(gradient.norm()),
              number(layer.ratio()),
              Long.toString(
                  weight.nan() + weight.infinite() + gradient.nan() + gradient.infinite())));
    }
    html.table(titles, rows);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
