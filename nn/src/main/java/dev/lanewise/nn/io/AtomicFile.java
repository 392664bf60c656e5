package dev.lanewise.nn.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Replaces files as a whole: readers see the old content or the new, never a part.
 *
 * <p>The content goes to a temporary file in the same directory, is forced to the disk and renamed.
 * Whatever fails before the rename leaves the old file as it was and no temporary file behind.
 */
public final class AtomicFile {
  /** Writes a file's content. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to an empty file. */
    void write(FileChannel file) throws IOException;
  }

  private AtomicFile() {}

  /** Replaces or creates {@code path}. */
  public static void write(Path path, Content content) throws IOException {
    Path target = path.toAbsolutePath();
    Path directory = target.getParent();
    if (directory == null || Files.isDirectory(target)) {
      throw new IOException(path + ": is a directory, a file expected");
    }
    Path temporary =
        directory.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel file =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.write(file);
        file.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (Throwable thrown) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException undeleted) {
        thrown.addSuppressed(undeleted);
      }
      throw thrown;
    }
    force(directory);
  }

  /** Makes the rename itself durable, on systems that can open a directory. */
  private static void force(Path directory) {
    try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
      opened.force(true);
    } catch (IOException _) {
      // The content is complete either way; only the moment at which the name is durable is open.
    }
  }
}
