package dev.lanewise.models.cli;

import dev.lanewise.nn.History;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** Draws loss and accuracy over the epochs of a training run, side by side. */
final class TrainingCurves {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 320;

  private TrainingCurves() {}

  static void write(History history, Path file) throws IOException {
    BufferedImage picture = new BufferedImage(2 * WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    chart(history, "loss").paint(graphics, WIDTH, HEIGHT);
    graphics.translate(WIDTH, 0);
    chart(history, "accuracy").paint(graphics, WIDTH, HEIGHT);
    graphics.dispose();
    ImageIO.write(picture, "png", file.toFile());
  }

  private static XYChart chart(History history, String value) {
    XYChart chart =
        new XYChartBuilder().width(WIDTH).height(HEIGHT).title(value).xAxisTitle("epoch").build();
    chart
        .getStyler()
        .setLegendPosition(Styler.LegendPosition.OutsideS)
        .setChartBackgroundColor(java.awt.Color.WHITE);
    double[] epochs = IntStream.rangeClosed(1, history.epochs().size()).asDoubleStream().toArray();
    chart.addSeries("training", epochs, history.of(value));
    chart.addSeries("validation", epochs, history.of("val_" + value));
    return chart;
  }
}
