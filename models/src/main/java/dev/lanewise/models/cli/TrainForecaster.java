package dev.lanewise.models.cli;

import dev.lanewise.models.zoo.SeriesForecaster;
import dev.lanewise.models.zoo.SeriesForecaster.Scale;
import dev.lanewise.nn.data.Csv;
import dev.lanewise.nn.data.Table;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains the forecaster of the zoo on series and judges it by the values held out. */
@Command(
    name = "forecast",
    mixinStandardHelpOptions = true,
    description = "Train an LSTM to forecast the next value of a series.")
final class TrainForecaster implements Callable<Integer> {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 360;

  @Option(
      names = "--data",
      defaultValue = "${sys:lanewise.data}",
      description =
          "directory of monthly-sunspots.csv and airline-passengers.csv; without it the program"
              + " makes a series")
  private String data;

  @Option(names = "--seed", defaultValue = "1", description = "seed of everything random")
  private long seed;

  @Option(
      names = "--output",
      defaultValue = "models/target/forecast",
      description = "directory of the pictures (default: ${DEFAULT-VALUE})")
  private Path output;

  private final PrintStream out = System.out;

  /** For picocli. */
  TrainForecaster() {}

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(output);
    if (data == null || data.isBlank() || data.startsWith("${")) {
      out.println(
          "data: a series that this program makes itself; for real ones give their directory with"
              + " -Dlanewise.data=DIR");
      forecast("made", made(), 24, Scale.PLAIN, 1, 20, 32);
      return 0;
    }
    forecast("monthly-sunspots", read("monthly-sunspots", "Sunspots"), 36, Scale.ROOT, 5, 12, 32);
    forecast(
        "airline-passengers",
        read("airline-passengers", "Passengers"),
        13,
        Scale.LOGARITHM,
        1,
        150,
        8);
    return 0;
  }

  private float[] read(String name, String column) throws IOException {
    Table table = Csv.withHeader().read(Path.of(data).resolve(name + ".csv"));
    double[] numbers = table.numbers(column);
    float[] series = new float[numbers.length];
    for (int i = 0; i < series.length; i++) {
      series[i] = (float) numbers[i];
    }
    return series;
  }

  /** Two waves and noise. */
  private float[] made() {
    SplittableRandom random = new SplittableRandom(seed);
    float[] series = new float[600];
    for (int i = 0; i < series.length; i++) {
      series[i] =
          (float)
              (10
                  + 3 * Math.sin(i * 2 * Math.PI / 12)
                  + 2 * Math.sin(i * 2 * Math.PI / 31)
                  + 0.3 * random.nextGaussian());
    }
    return series;
  }

  private void forecast(
      String name, float[] series, int length, Scale scale, int members, int epochs, int batch)
      throws IOException {
    int trained = (int) Math.round(series.length * 0.8);
    try (SeriesForecaster forecaster = new SeriesForecaster(series, trained, length, scale, seed)) {
      forecaster.train(members, epochs, batch, new TrainingBar(out));
      double[] truth = forecaster.truth();
      double[] forecast = forecaster.forecast();
      double error = SeriesForecaster.rootMeanSquare(forecast, truth);
      double naive = SeriesForecaster.rootMeanSquare(forecaster.persistence(), truth);
      out.printf(
          Locale.ROOT,
          "%s: root mean square error %.3f over %d values held out, persistence %.3f: %.1f %%"
              + " below%n",
          name,
          error,
          truth.length,
          naive,
          100 * (1 - error / naive));
      Path picture = output.resolve(name + ".png");
      draw(name, trained, truth, forecast, picture);
      out.printf("drawn: %s%n", picture);
    }
  }

  private static void draw(String name, int first, double[] truth, double[] forecast, Path file)
      throws IOException {
    int shown = Math.min(truth.length, 240);
    XYChart chart =
        new XYChartBuilder().width(WIDTH).height(HEIGHT).title(name).xAxisTitle("step").build();
    chart
        .getStyler()
        .setLegendPosition(Styler.LegendPosition.InsideNW)
        .setChartBackgroundColor(java.awt.Color.WHITE);
    double[] steps = IntStream.range(first, first + shown).asDoubleStream().toArray();
    chart.addSeries("truth", steps, Arrays.copyOf(truth, shown)).setMarker(SeriesMarkers.NONE);
    chart
        .addSeries("forecast, one step ahead", steps, Arrays.copyOf(forecast, shown))
        .setMarker(SeriesMarkers.NONE);
    BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    chart.paint(picture.createGraphics(), WIDTH, HEIGHT);
    ImageIO.write(picture, "png", file.toFile());
  }
}
