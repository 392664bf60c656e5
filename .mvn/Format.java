import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Checks ({@code check}) or rewrites ({@code write}) the Java sources of the modules with
 * google-java-format, which has to be on the class path. The working directory is the root of the
 * checkout. The second argument is a file whose time says when all sources were last found
 * formatted: older sources are not looked at again. The build runs this program; {@code mvn
 * -Pformat} runs it with {@code write}.
 */
final class Format {
  private static final List<String> FOLDERS =
      List.of(".mvn", "tensor-simd/src", "nn/src", "models/src", "bench/src");

  public static void main(String[] arguments) throws IOException {
    boolean write = arguments[0].equals("write");
    Path stamp = Path.of(arguments[1]);
    // File times can be coarser than the clock.
    Instant start = Instant.now().minusSeconds(2);
    List<String> sources = sources(write || !Files.exists(stamp) ? Instant.MIN : time(stamp));
    if (!sources.isEmpty() && !format(write, sources)) {
      System.exit(1);
    }
    if (!Files.exists(stamp)) {
      Files.createDirectories(stamp.toAbsolutePath().getParent());
      Files.createFile(stamp);
    }
    Files.setLastModifiedTime(stamp, FileTime.from(start));
  }

  private static boolean format(boolean write, List<String> sources) {
    ToolProvider formatter = ToolProvider.findFirst("google-java-format").orElseThrow();
    List<String> command = new ArrayList<>();
    command.addAll(write ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    command.addAll(sources);

    StringWriter changed = new StringWriter();
    int status =
        formatter.run(
            new PrintWriter(changed, true),
            new PrintWriter(System.err, true),
            command.toArray(String[]::new));
    if (!changed.toString().isEmpty()) {
      System.err.println("These files are not formatted as google-java-format has them:");
      changed.toString().lines().sorted().forEach(file -> System.err.println("  " + file));
      System.err.println("Run `mvn -Pformat` in the root of the checkout to rewrite them.");
    }
    return status == 0;
  }

  private static List<String> sources(Instant since) throws IOException {
    List<String> sources = new ArrayList<>();
    for (String folder : FOLDERS) {
      Path start = Path.of(folder);
      if (Files.isDirectory(start)) {
        try (Stream<Path> files = Files.walk(start)) {
          for (Path file : (Iterable<Path>) files::iterator) {
            if (file.toString().endsWith(".java") && !time(file).isBefore(since)) {
              sources.add(file.toString());
            }
          }
        }
      }
    }
    sources.sort(null);
    return sources;
  }

  private static Instant time(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toInstant();
  }
}
