package dev.lanewise.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every network of the zoo trains on data of its own, says what it reached and draws it. */
class TrainingCommandsTest {
  @TempDir Path directory;

  private static String say(String... arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = System.out;
    try (PrintStream caught = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(caught);
      assertEquals(0, Lanewise.run(arguments), () -> bytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static double number(String text, String pattern) {
    return Double.parseDouble(text.replaceAll("(?s).*" + pattern + ".*", "$1"));
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, 4, 'test: accuracy ([0-9.]+) ', 85, 100, digits.png",
    "autoencoder, 3, 'test: mean squared error ([0-9.]+) ', 0, 0.06, pictures.png",
    "vae, 2, 'test: negative bound ([0-9.]+) ', 50, 400, walk.png"
  })
  void trainsOnDrawnDigits(
      String command, String epochs, String pattern, double low, double high, String picture)
      throws IOException {
    String said = say(command, "--epochs", epochs, "--output", directory.toString());
    assertTrue(said.contains("digits that this program draws itself"), said);
    double reached = number(said, pattern);
    assertTrue(reached >= low && reached <= high, said);
    assertTrue(Files.size(directory.resolve(picture)) > 0);
  }

  @Test
  void forecastsTheSeriesItMakesBetterThanPersistence() throws IOException {
    String said = say("forecast", "--output", directory.toString());
    assertTrue(number(said, ": ([-0-9.]+) % below") > 30, said);
    assertTrue(Files.size(directory.resolve("made.png")) > 0);
  }

  @Test
  void writesAReportOfTheRun() throws IOException {
    Path report = directory.resolve("reports").resolve("mlp.html");
    String said =
        say(
            "mlp",
            "--epochs",
            "1",
            "--output",
            directory.toString(),
            "--report",
            report.toString());
    assertTrue(said.contains("report: " + report), said);
    String html = Files.readString(report);
    for (String part :
        new String[] {
          "<h1>Training of perceptron</h1>",
          "<th>seed</th><td>1</td>",
          "<th>optimizer</th><td>Adam[",
          "12000 to train, 2000 to test",
          "<h2>Confusion matrix</h2>",
          ", taken for ",
          "<th>dense_2.bias</th>",
          "Total params: 118,282"
        }) {
      assertTrue(html.contains(part), part);
    }
  }
}
