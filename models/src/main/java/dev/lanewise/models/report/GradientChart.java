package dev.lanewise.models.report;

import dev.lanewise.nn.inspect.GradientStatistics;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;

/** Draws the norms of weights and of their gradients as bars, from the first layer to the last. */
public final class GradientChart {
  private static final int HEIGHT = 360;

  /** What stands for zero on the logarithmic axis, below the least bar. */
  private static final double ROOM = 0.5;

  private GradientChart() {}

  /** The chart, with a pair of bars for each weight. */
  public static BufferedImage of(List<GradientStatistics> layers) {
    int width = Math.max(480, 120 + 60 * layers.size());
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(width)
            .height(HEIGHT)
            .title("norms")
            .xAxisTitle("weight")
            .build();
    chart
        .getStyler()
        .setLegendPosition(Styler.LegendPosition.OutsideS)
        .setLegendLayout(Styler.LegendLayout.Horizontal)
        .setChartBackgroundColor(Color.WHITE);
    List<String> names = layers.stream().map(GradientStatistics::name).toList();
    double least = least(layers);
    if (least < Double.POSITIVE_INFINITY) {
      // Without a minimum the axis begins at zero, which it cannot.
      chart
          .getStyler()
          .setYAxisLogarithmic(true)
          .setYAxisLogarithmicDecadeOnly(true)
          .setXAxisLabelRotation(30)
          .setXAxisTickMarkSpacingHint(1)
          .setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11))
          .setYAxisMin(Math.pow(10, Math.floor(Math.log10(ROOM * least))));
      chart.addSeries("gradient", names, norms(layers, least, one -> one.gradient().norm()));
      chart.addSeries("weight", names, norms(layers, least, one -> one.weight().norm()));
    }
    BufferedImage picture = new BufferedImage(width, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    chart.paint(graphics, width, HEIGHT);
    graphics.dispose();
    return picture;
  }

  private static double least(List<GradientStatistics> layers) {
    double least = Double.POSITIVE_INFINITY;
    for (GradientStatistics one : layers) {
      for (double norm : new double[] {one.gradient().norm(), one.weight().norm()}) {
        least = norm > 0 ? Math.min(least, norm) : least;
      }
    }
    return least;
  }

  /** Zeros have no logarithm: they become bars of next to no height. */
  private static List<Double> norms(
      List<GradientStatistics> layers, double least, ToDoubleFunction<GradientStatistics> norm) {
    List<Double> norms = new ArrayList<>();
    for (GradientStatistics one : layers) {
      double value = norm.applyAsDouble(one);
      norms.add(value > 0 && Double.isFinite(value) ? value : ROOM * least);
    }
    return norms;
  }
}
