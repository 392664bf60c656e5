package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/inspect.md shows can be typed in. */
final class InspectDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "inspect.md");

  @TempDir private Path directory;

  /** The document's Java as files, each block a class whose method is what follows the imports. */
  private List<String> sources() throws IOException {
    String[] parts = Files.readString(DOCUMENT).split("```", -1);
    List<String> sources = new ArrayList<>();
    for (int i = 1; i < parts.length; i += 2) {
      if (parts[i].startsWith("java\n")) {
        List<String> lines = parts[i].lines().skip(1).toList();
        String name = "Block" + sources.size();
        Path file = directory.resolve(name + ".java");
        Files.writeString(
            file,
            "%s\nclass %s { void run() throws Exception {\n%s\n} }"
                .formatted(only(lines, true), name, only(lines, false)));
        sources.add(file.toString());
      }
    }
    return sources;
  }

  private static String only(List<String> lines, boolean imports) {
    return lines.stream()
        .filter(line -> line.startsWith("import ") == imports)
        .collect(Collectors.joining("\n"));
  }

  @Test
  void itsJavaCompiles() throws IOException {
    List<String> sources = sources();
    assertEquals(4, sources.size());
    List<String> arguments = new ArrayList<>();
    arguments.add("-proc:none");
    arguments.addAll(List.of("-d", directory.toString()));
    arguments.addAll(List.of("-classpath", System.getProperty("java.class.path")));
    arguments.addAll(sources);
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
    assertEquals(0, compiler.run(out, out, arguments.toArray(String[]::new)), said::toString);
  }

  @Test
  void itsPicturesAreThereAndSmall() throws IOException {
    long bytes = 0;
    for (String picture : List.of("explanation.png", "gradients.png")) {
      assertTrue(Files.readString(DOCUMENT).contains("(pictures/" + picture + ")"), picture);
      bytes += Files.size(DOCUMENT.resolveSibling("pictures").resolve(picture));
    }
    assertTrue(bytes < 100_000, bytes + " bytes");
  }
}
