package dev.lanewise.models.cli;

import dev.lanewise.nn.data.DataSet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What every command on data is told. */
final class DataOptions {
  private static final String DRAWN =
      "data: digits that this program draws itself, no handwriting; for MNIST give its files with"
          + " -Dlanewise.data=DIR";

  @Option(
      names = "--data",
      defaultValue = "${sys:lanewise.data}",
      description = "directory of the data; without it the program makes data itself")
  private String data;

  @Option(names = "--seed", defaultValue = "1", description = "seed of everything random")
  private long seed;

  @Option(
      names = "--output",
      description = "directory of the model and the pictures (default: models/target/<command>)")
  private Path output;

  /** For picocli. */
  DataOptions() {}

  long seed() {
    return seed;
  }

  /** The directory to write to, made if it is missing. */
  Path output(String command) throws IOException {
    Path directory = output == null ? Path.of("models", "target", command) : output;
    return Files.createDirectories(directory);
  }

  /** Whether there is a directory of data. */
  boolean hasData() {
    return data != null && !data.isBlank() && !data.startsWith("${");
  }

  /** The directory of data. */
  Path data() {
    return Path.of(data);
  }

  /** The pictures asked for, said to {@code out}. */
  Digits digits(PrintStream out) throws IOException {
    if (!hasData()) {
      out.println(DRAWN);
      return Digits.drawn(seed);
    }
    Digits digits = Digits.read(data());
    out.printf(
        "data: %d + %d pictures from %s%n", digits.train().size(), digits.test().size(), data);
    return digits;
  }

  /** The test set of the pictures asked for, said to {@code out}. */
  DataSet testDigits(PrintStream out) throws IOException {
    if (!hasData()) {
      out.println(DRAWN);
      return Digits.drawnTest(seed);
    }
    return digits(out).test();
  }
}
