package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/inspect.md shows can be typed in. */
final class InspectDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "inspect.md");

  @TempDir private Path directory;

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** The document's Java, each block a class whose method is what follows the imports. */
  private static List<Source> sources() throws IOException {
    String[] parts = Files.readString(DOCUMENT).split("```", -1);
    List<Source> sources = new ArrayList<>();
    for (int i = 1; i < parts.length; i += 2) {
      if (parts[i].startsWith("java\n")) {
        List<String> lines = parts[i].lines().skip(1).toList();
        String imports = only(lines, true);
        String name = "Block" + sources.size();
        sources.add(
            new Source(
                name,
                "%s\nclass %s { void run() throws Exception {\n%s\n} }"
                    .formatted(imports, name, only(lines, false))));
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
    List<Source> sources = sources();
    assertEquals(4, sources.size());
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-proc:none",
            "-d",
            directory.toString(),
            "-classpath",
            System.getProperty("java.class.path"));
    boolean isGood = compiler.getTask(null, null, said, options, null, sources).call();
    List<String> errors =
        said.getDiagnostics().stream()
            .filter(one -> one.getKind() == Diagnostic.Kind.ERROR)
            .map(Diagnostic::toString)
            .toList();
    assertTrue(isGood, errors.toString());
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
