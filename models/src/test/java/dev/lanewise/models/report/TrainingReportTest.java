package dev.lanewise.models.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.Epoch;
import dev.lanewise.nn.History;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Scores;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.inspect.GradientStatistics;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.metric.ConfusionMatrix;
import dev.lanewise.nn.optimizer.SGD;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Statistics;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class TrainingReportTest {
  private static final String EVIL = "</title><script>alert(\"a & b\")</script>'\u0000";

  @TempDir private Path directory;

  private static Epoch epoch(int number, double loss, Optional<Scores> validation) {
    Scores training = new Scores(10, Map.of("loss", loss));
    return new Epoch(number, training, validation, 0.1, Duration.ofMillis(500));
  }

  private static History history(double... losses) {
    List<Epoch> epochs = new ArrayList<>();
    for (double loss : losses) {
      Scores judged = new Scores(4, Map.of("loss", 2 * loss, EVIL, loss));
      epochs.add(epoch(epochs.size() + 1, loss, Optional.of(judged)));
    }
    return new History(epochs, false, losses.length, Optional.empty());
  }

  private static TrainingReport bare(History history) {
    return new TrainingReport("run", Map.of(), "the summary", history, null, List.of(), List.of());
  }

  private static TrainingReport full() {
    ConfusionMatrix matrix = ConfusionMatrix.of(3);
    try (Scope scope = Scope.open("report")) {
      matrix.add(
          scope.tensor(Shape.of(4), 0, 1, 2, 2),
          scope.tensor(Shape.of(4, 3), 1f, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0));
    }
    Statistics some = new Statistics(Shape.of(2), -1, 3, 1, 3.5, 0, 0);
    Statistics broken = new Statistics(Shape.of(2), Double.NaN, Double.NaN, Double.NaN, 0, 2, 0);
    BufferedImage picture = new BufferedImage(7, 5, BufferedImage.TYPE_INT_RGB);
    return new TrainingReport(
            EVIL, Map.of(EVIL, EVIL), EVIL, history(0.5, 0.25), null, List.of(), List.of())
        .settings(Map.of("seed", "17"))
        .confusion(matrix)
        .mistakes(List.of(new Mistake(picture, EVIL, "cat", 0.75)))
        .layers(
            List.of(
                new GradientStatistics(EVIL, some, broken),
                new GradientStatistics("b", some, some)));
  }

  /** Parses the page as XML, which is stricter than HTML, and finds elements. */
  private static List<String> texts(String html, String tag) throws Exception {
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(html)));
    NodeList nodes = document.getElementsByTagName(tag);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }

  @Test
  void hasEveryPart() throws Exception {
    String html = full().html();
    assertEquals(
        List.of(
            "Settings",
            "Curves",
            "Epochs",
            "Confusion matrix",
            "Mistakes",
            "Weights and gradients",
            "Model"),
        texts(html, "h2"));
    List<String> cells = texts(html, "td");
    assertTrue(cells.containsAll(List.of("17", "0.2500", "0.5000", "3.500")), cells.toString());
    assertTrue(
        texts(html, "p")
            .contains("ran to its end; 1.0 s of training; the model has the weights of epoch 2"),
        html);
    assertTrue(
        texts(html, "p").stream().anyMatch(p -> p.startsWith("4 samples, 75.00 % right")), html);
  }

  @Test
  void textIsEscaped() throws Exception {
    String html = full().html();
    assertFalse(html.contains("<script"), html);
    assertEquals(List.of(), texts(html, "script"));
    String shown = EVIL.replace('\u0000', '\uFFFD');
    assertEquals(List.of(shown), texts(html, "title"));
    assertEquals(List.of(shown), texts(html, "pre"));
    assertEquals(List.of(shown + ", taken for cat (75 %)"), texts(html, "figcaption"));
    assertTrue(texts(html, "th").contains(shown));
  }

  @Test
  void needsNoOtherFile() throws Exception {
    String html = full().html();
    assertEquals(
        0, Pattern.compile("(href|url\\(|@import|https?:)").matcher(html).results().count());
    Matcher sources = Pattern.compile("src=\"([^\"]*)\"").matcher(html);
    List<BufferedImage> pictures = new ArrayList<>();
    while (sources.find()) {
      String start = "data:image/png;base64,";
      assertTrue(sources.group(1).startsWith(start), sources.group(1));
      byte[] bytes = Base64.getDecoder().decode(sources.group(1).substring(start.length()));
      BufferedImage picture = ImageIO.read(new ByteArrayInputStream(bytes));
      assertNotNull(picture);
      pictures.add(picture);
    }
    // Loss, the odd value, learning rate; the mistake; the norms.
    assertEquals(5, pictures.size());
    assertEquals(7, pictures.get(3).getWidth());
  }

  @Test
  void whatIsNotGivenIsLeftOut() throws Exception {
    History none = new History(List.of(), true, 0, Optional.of("no data"));
    assertEquals(List.of("Settings", "Model"), texts(bare(none).html(), "h2"));
  }

  @Test
  void aRunThatDivergedIsDrawn() throws Exception {
    double infinite = Double.POSITIVE_INFINITY;
    String html = bare(history(1, infinite, Double.NaN)).html();
    assertTrue(texts(html, "td").containsAll(List.of("1.000", "Infinity", "NaN")), html);
    assertTrue(bare(history(Double.NaN, Double.NaN)).html().contains("<img"));
  }

  @Test
  void namesWhatTheModelWasCompiledWith() {
    try (Model model =
        Sequential.of(Input.of(2), Dense.of(1)).compile(SGD.of(0.5), MeanSquaredError.of())) {
      TrainingReport report = TrainingReport.of(model, history(1));
      assertEquals("Training of sequential", report.title());
      assertTrue(report.settings().get("optimizer").contains("0.5"), report.settings().toString());
      assertEquals(model.summary(), report.summary());
    }
  }

  @Test
  void isWrittenAsAWholeOrNotAtAll() throws IOException {
    Path file = directory.resolve("report.html");
    bare(history(1)).write(file);
    assertEquals(bare(history(1)).html(), Files.readString(file));
    Path taken = Files.createDirectory(directory.resolve("taken.html"));
    assertThrows(IOException.class, () -> bare(history(1)).write(taken));
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(2, left.count(), "no temporary file is left");
    }
  }
}
