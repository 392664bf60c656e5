package dev.lanewise.models.cli;

import dev.lanewise.models.report.HistoryChart;
import dev.lanewise.nn.History;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Draws loss and accuracy over the epochs of a training run, side by side. */
final class TrainingCurves {
  private TrainingCurves() {}

  static void write(History history, Path file) throws IOException {
    ImageIO.write(HistoryChart.of(history, "loss", "accuracy"), "png", file.toFile());
  }
}
