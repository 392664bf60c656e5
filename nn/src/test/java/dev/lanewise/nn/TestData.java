package dev.lanewise.nn;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Files of the folder that the system property {@code lanewise.testdata} names. */
public final class TestData {
  private TestData() {}

  /** A file or folder in it; where there is none, the test is skipped, saying so. */
  public static Path file(String path) {
    String folder = System.getProperty("lanewise.testdata", "");
    Assumptions.assumeFalse(
        folder.isEmpty(), "lanewise.testdata is not set: nothing to test '" + path + "' with");
    Path file = Path.of(folder).resolve(path);
    Assumptions.assumeTrue(Files.exists(file), file + " does not exist");
    return file;
  }
}
