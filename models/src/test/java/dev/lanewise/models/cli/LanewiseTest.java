package dev.lanewise.models.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.models.zoo.DigitsNetwork;
import dev.lanewise.models.zoo.DrawnDigits;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.Model;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LanewiseTest {
  @TempDir private Path directory;

  private record Said(int code, String text) {}

  private static Said say(String... arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = System.out;
    PrintStream err = System.err;
    try (PrintStream caught = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(caught);
      System.setErr(caught);
      return new Said(Lanewise.run(arguments), bytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test
  void helpNamesTheSubcommands() {
    Said help = say("--help");
    assertEquals(0, help.code());
    assertTrue(help.text().contains("demo") && help.text().contains("predict"), help.text());
  }

  @Test
  void whatIsNotUnderstoodIsRefused() {
    assertEquals(2, say("dance").code());
    assertEquals(2, say("predict").code());
  }

  @Test
  void wordsOfACommandMayBeOneArgument() {
    assertArrayEquals(new String[] {"gan", "--resume"}, Lanewise.words(" gan  --resume"));
    assertArrayEquals(new String[] {"predict", "a b.png"}, Lanewise.words("predict", "a b.png"));
  }

  @Test
  void missingFilesAreNamed() {
    String picture = directory.resolve("seven.png").toString();
    Said refused = say("predict", picture);
    assertEquals(1, refused.code());
    assertEquals("lanewise: " + picture + ": no such file", refused.text().strip());
    Said demo = say("demo", "--data", directory.toString(), "--output", directory.toString());
    assertEquals(1, demo.code());
    assertTrue(
        demo.text().contains("no file 'train-images-idx3-ubyte' or 'train-images-idx3-ubyte.gz'"),
        demo.text());
  }

  @Test
  void aReportThatCannotBeIsRefusedBeforeTraining() {
    for (String command : new String[] {"demo", "mlp"}) {
      Said refused = say(command, "--report", directory.toString());
      assertEquals(1, refused.code());
      assertEquals(
          "lanewise: " + directory + ": is a directory, a file expected", refused.text().strip());
    }
  }

  /** The whole of the main job, short: train, save, load, predict, draw, and predict a picture. */
  @Test
  void theDemoTrainsSavesAndPredicts() throws IOException {
    Said demo = say("demo", "--epochs", "1", "--output", directory.toString());
    assertEquals(0, demo.code(), demo.text());
    assertTrue(demo.text().contains("digits that this program draws itself"), demo.text());
    assertTrue(demo.text().contains("predicts the same, bit for bit"), demo.text());
    // The test's own JVM has threads that allocate now and then; a lost vector is 48 bytes or more.
    double bytes =
        Double.parseDouble(demo.text().replaceAll("(?s).* ([0-9.]+) bytes allocated.*", "$1"));
    assertTrue(bytes < 1, demo.text());
    double accuracy =
        Double.parseDouble(demo.text().replaceAll("(?s).*test: accuracy ([0-9.]+) .*", "$1"));
    assertTrue(accuracy > 90, demo.text());
    for (String file :
        new String[] {"digits.safetensors", "digits.png", "training.png", "lanewise.args"}) {
      assertTrue(Files.size(directory.resolve(file)) > 0, file);
    }
  }

  /** What Ctrl-C does: the signal ends the step, and the weights are in the file. */
  @Test
  void anInterruptedDemoKeepsItsWeights() throws IOException, InterruptedException {
    Process demo =
        new ProcessBuilder(
                LaunchFile.java(),
                "@" + LaunchFile.write(directory.resolve("lanewise.args")),
                "demo",
                "--epochs",
                "1000",
                "--output",
                directory.toString(),
                "--report",
                directory.resolve("report.html").toString())
            .redirectErrorStream(true)
            .start();
    StringBuilder said = new StringBuilder();
    try (BufferedReader lines = demo.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.append(line).append('\n');
        if (line.startsWith("epoch 1/1000")) {
          demo.toHandle().destroy();
        }
      }
    }
    assertTrue(demo.waitFor(1, TimeUnit.MINUTES));
    assertTrue(said.toString().contains("stopped: weights of epoch 1 kept in"), said.toString());
    try (Model kept = DigitsNetwork.layers().read(directory.resolve("digits.safetensors"))) {
      assertEquals(8, kept.parameters().size());
    }
    assertTrue(said.toString().contains("report: "), said.toString());
    String report = Files.readString(directory.resolve("report.html"));
    assertTrue(report.contains("<p>stopped; "), "the report of an interrupted run");
  }

  @Test
  void moreTrainingKnowsMore() {
    try (Model model = DigitsNetwork.fresh(7)) {
      var digits = DrawnDigits.of(1500, 7);
      double before = model.evaluate(digits).loss();
      model.fit(digits, Fit.epochs(1));
      double after = model.evaluate(digits).loss();
      assertFalse(after > before / 2, "loss " + before + " before, " + after + " after");
    }
  }
}
