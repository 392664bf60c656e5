package dev.lanewise.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.Epoch;
import dev.lanewise.nn.FitListener;
import dev.lanewise.nn.Progress;
import dev.lanewise.nn.Scores;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TrainingBarTest {
  private static Scores scores(double loss, double accuracy) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss", loss);
    values.put("accuracy", accuracy);
    return new Scores(320, values);
  }

  private static String told(boolean terminal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    FitListener bar =
        new TrainingBar(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal);
    bar.onEpochBegin(2, 5);
    for (int step = 1; step <= 10; step++) {
      bar.onBatchEnd(new Progress(2, 5, step, 10, scores(1, 0.5), Duration.ofSeconds(1)));
    }
    bar.onEpochEnd(
        new Epoch(
            2, scores(0.5, 0.75), Optional.of(scores(0.25, 0.875)), 1e-3, Duration.ofSeconds(2)));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void oneLinePerEpochWithoutATerminal() {
    assertEquals(
        "epoch 2/5: loss 0.5000 accuracy 0.7500, validation loss 0.2500 accuracy 0.8750, 2.0 s, 160"
            + " samples/s"
            + System.lineSeparator(),
        told(false));
  }

  @Test
  void aBarOnATerminal() {
    String told = told(true);
    assertTrue(told.contains("epoch 2/5"), told);
    assertTrue(told.contains("loss 1.0000 accuracy 0.5000, 320 samples/s"), told);
    assertTrue(told.contains("validation loss 0.2500"), told);
  }
}
