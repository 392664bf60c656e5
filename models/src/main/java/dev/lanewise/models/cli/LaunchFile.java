package dev.lanewise.models.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An argument file for {@code java} that starts this program again the way it was started, so that
 * a command worth repeating fits on one line.
 */
final class LaunchFile {
  private LaunchFile() {}

  /** Writes the file and returns its path. */
  static Path write(Path file) throws IOException {
    String modules = System.getProperty("jdk.module.path");
    String launch =
        modules != null
            ? "--module-path\n%s\n--module\n%s/%s\n"
                .formatted(
                    quoted(modules), Lanewise.class.getModule().getName(), Lanewise.class.getName())
            : "--add-modules\njdk.incubator.vector\n--class-path\n%s\n%s\n"
                .formatted(quoted(System.getProperty("java.class.path")), Lanewise.class.getName());
    return Files.writeString(file, launch);
  }

  /** The {@code java} that runs this program. */
  static String java() {
    return ProcessHandle.current().info().command().orElse("java");
  }

  private static String quoted(String argument) {
    return '"' + argument.replace("\\", "\\\\") + '"';
  }
}
