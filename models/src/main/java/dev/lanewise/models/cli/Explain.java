package dev.lanewise.models.cli;

import dev.lanewise.models.report.GradientChart;
import dev.lanewise.models.report.HeatMapSheet;
import dev.lanewise.models.zoo.DigitsNetwork;
import dev.lanewise.models.zoo.Perceptron;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.inspect.Attribution;
import dev.lanewise.nn.inspect.GradCam;
import dev.lanewise.nn.inspect.GradientStatistics;
import dev.lanewise.nn.inspect.IntegratedGradients;
import dev.lanewise.nn.inspect.Saliency;
import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.optimizer.SGD;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws which pixels a prediction rests on, and the gradients of a saved model. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "Draw what a saved model of digits looks at, and its gradients.")
final class Explain implements Callable<Integer> {
  private static final int SIDE = 28;

  @Parameters(index = "0", paramLabel = "MODEL", description = "weights that demo or mlp saved")
  private Path file;

  @Parameters(
      index = "1..*",
      paramLabel = "PICTURE",
      description = "pictures of one digit each (default: some of the test data)")
  private List<Path> files = List.of();

  @Option(
      names = "--count",
      defaultValue = "5",
      description = "how many pictures of the test data (default: ${DEFAULT-VALUE})")
  private int count;

  @Option(
      names = "--class",
      paramLabel = "DIGIT",
      description = "whose score is explained (default: the digit that the model sees)")
  private Integer wanted;

  @Option(
      names = "--layer",
      description = "layer of Grad-CAM (default: the last convolution, if there is one)")
  private String layer;

  @Option(
      names = "--steps",
      defaultValue = "50",
      description = "steps of integrated gradients (default: ${DEFAULT-VALUE})")
  private int steps;

  @Mixin private DataOptions options;

  private final PrintStream out = System.out;

  /** For picocli. */
  Explain() {}

  /**
   * A network that a file may hold the weights of.
   *
   * @param layers of it
   * @param convolution its last one, or null
   */
  private record Known(Network layers, String convolution) {}

  @Override
  public Integer call() throws IOException {
    if (count < 1 || (wanted != null && (wanted < 0 || wanted > 9))) {
      throw new IllegalArgumentException(
          "explain: --count at least 1 and --class from 0 to 9, not %d and %s"
              .formatted(count, wanted));
    }
    Known known = known();
    try (Model model = known.layers.read(file)) {
      model.compile(SGD.of(0), SparseCategoricalCrossentropy.of());
      float[][] pictures = new float[files.size()][];
      for (int i = 0; i < pictures.length; i++) {
        pictures[i] = DigitPicture.read(files.get(i));
      }
      DataSet digits = options.testDigits(out);
      Path output = options.output("explain");
      if (pictures.length == 0) {
        pictures = Digits.varied(digits, count);
      }
      Path sheet = output.resolve("explanation.png");
      write(explanation(model, pictures, layer == null ? known.convolution : layer), sheet);
      List<GradientStatistics> layers = ReportOptions.layers(model, digits);
      for (GradientStatistics one : layers) {
        out.printf(
            Locale.ROOT,
            "%-20s weight norm %9.4g, gradient norm %9.4g, mean %10.3g, greatest %9.4g%n",
            one.name(),
            one.weight().norm(),
            one.gradient().norm(),
            one.gradient().mean(),
            one.gradient().magnitude());
      }
      Path chart = output.resolve("gradients.png");
      write(GradientChart.of(layers), chart);
      out.printf("drawn: %s and %s%n", sheet, chart);
    }
    return 0;
  }

  /** The network whose name the file holds. */
  private Known known() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + ": no such file");
    }
    try (Safetensors weights = Safetensors.open(file)) {
      String name = weights.metadata().getOrDefault("model", "");
      return switch (name) {
        case "digits" -> new Known(DigitsNetwork.layers(), "conv2d_1");
        case "perceptron" -> new Known(Perceptron.layers(), null);
        default ->
            throw new IOException(
                "%s: weights of model '%s': 'digits' or 'perceptron' expected"
                    .formatted(file, name));
      };
    }
  }

  /** A row for each picture; Grad-CAM only where there is a layer for it. */
  private BufferedImage explanation(Model model, float[][] pictures, String convolution) {
    float[][] probabilities = model.predict(pictures);
    int[] classes = new int[pictures.length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = wanted == null ? Digits.classOf(probabilities[i]) : wanted;
    }
    List<String> titles = new ArrayList<>(List.of("saliency", "integrated"));
    try (Scope scope = Scope.open("explain")) {
      Tensor x = scope.empty(model.dtype(), Shape.of(pictures.length, SIDE, SIDE, 1));
      for (int i = 0; i < pictures.length; i++) {
        x.slice(0, i, i + 1).copyFrom(pictures[i]);
      }
      Attribution attribution = new IntegratedGradients(steps).of(model, x, classes);
      List<Tensor> maps = new ArrayList<>();
      maps.add(Saliency.maps(model, x, classes));
      maps.add(attribution.values());
      if (convolution != null) {
        titles.add("Grad-CAM");
        maps.add(GradCam.of(convolution).maps(model, x, classes));
      }
      HeatMapSheet sheet = new HeatMapSheet(pictures.length, SIDE, titles);
      double[] gaps = attribution.gaps();
      for (int i = 0; i < pictures.length; i++) {
        int row = i;
        String caption =
            String.format(
                Locale.ROOT,
                "score of %d (%.1f %%)",
                classes[i],
                100 * probabilities[i][classes[i]]);
        out.printf(
            Locale.ROOT,
            "picture %d: %s, %.2f above that of an empty picture (integrated with a gap of %.2g)%n",
            i + 1,
            caption,
            attribution.rises().get(i),
            Math.abs(gaps[i]));
        sheet.add(
            caption,
            pictures[i],
            maps.stream().map(map -> map.slice(0, row, row + 1).toFloats()).toList());
      }
      return sheet.picture();
    }
  }

  private static void write(BufferedImage picture, Path file) throws IOException {
    ImageIO.write(picture, "png", file.toFile());
  }
}
