package dev.lanewise.models.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every training command is told. */
final class RunOptions {
  @Mixin private DataOptions data;

  @Option(names = "--epochs", description = "epochs of training (default: as many as it needs)")
  private Integer epochs;

  /** For picocli. */
  RunOptions() {}

  /** The epochs asked for, or so many. */
  int epochs(int otherwise) {
    return epochs == null ? otherwise : epochs;
  }

  long seed() {
    return data.seed();
  }

  /** The directory to write to, made if it is missing. */
  Path output(String command) throws IOException {
    return data.output(command);
  }

  /** Whether there is a directory of data. */
  boolean hasData() {
    return data.hasData();
  }

  /** The directory of data. */
  Path data() {
    return data.data();
  }

  /** The pictures asked for, said to {@code out}. */
  Digits digits(PrintStream out) throws IOException {
    return data.digits(out);
  }
}
