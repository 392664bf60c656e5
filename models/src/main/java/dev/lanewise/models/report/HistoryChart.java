package dev.lanewise.models.report;

import dev.lanewise.nn.Epoch;
import dev.lanewise.nn.History;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** Draws a value over the epochs of a training run, that of the validation set beside it. */
public final class HistoryChart {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 320;

  private HistoryChart() {}

  /** Charts of these values, such as {@code loss} and {@code accuracy}, side by side. */
  public static BufferedImage of(History history, String... names) {
    BufferedImage picture =
        new BufferedImage(names.length * WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    for (String name : names) {
      chart(history, name).paint(graphics, WIDTH, HEIGHT);
      graphics.translate(WIDTH, 0);
    }
    graphics.dispose();
    return picture;
  }

  private static XYChart chart(History history, String name) {
    XYChart chart =
        new XYChartBuilder().width(WIDTH).height(HEIGHT).title(name).xAxisTitle("epoch").build();
    chart
        .getStyler()
        .setLegendPosition(Styler.LegendPosition.OutsideS)
        .setChartBackgroundColor(Color.WHITE);
    add(chart, "training", history.of(name));
    String validation = "val_" + name;
    if (history.epochs().stream().map(Epoch::values).anyMatch(v -> v.containsKey(validation))) {
      add(chart, "validation", history.of(validation));
    }
    return chart;
  }

  /** A curve with gaps where a value is NaN or infinite; none where all are. */
  private static void add(XYChart chart, String name, double[] values) {
    double[] epochs = IntStream.rangeClosed(1, values.length).asDoubleStream().toArray();
    double[] finite = Arrays.stream(values).map(y -> Double.isFinite(y) ? y : Double.NaN).toArray();
    if (Arrays.stream(finite).anyMatch(Double::isFinite)) {
      chart.addSeries(name, epochs, finite);
    }
  }
}
