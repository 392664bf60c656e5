package dev.lanewise.nn.callback;

import dev.lanewise.nn.Epoch;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.FitListener;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.TrainingControl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a line of numbers for each epoch: {@code epoch,loss,accuracy,val_loss,learning_rate}.
 * Keras' {@code CSVLogger}. The file is complete after each epoch; a value that an epoch does not
 * have is empty.
 */
public final class CSVLogger implements FitListener {
  private final Path file;
  private String separator = ",";
  private boolean append;
  private List<String> names;

  private CSVLogger(Path file) {
    this.file = file;
  }

  /** To this file, which a run begins anew. */
  public static CSVLogger of(Path file) {
    return new CSVLogger(file);
  }

  /** With something else between values. */
  public CSVLogger separator(String other) {
    separator = other;
    return this;
  }

  /** Adds to the file, without the line of names if it has lines already; or begins it anew. */
  public CSVLogger append(boolean wanted) {
    append = wanted;
    return this;
  }

  @Override
  public void onFitBegin(Model model, Fit fit, TrainingControl control) {
    names = null;
  }

  @Override
  public void onEpochEnd(Epoch epoch) {
    try {
      if (names == null) {
        names = List.copyOf(epoch.values().keySet());
        begin();
      }
      String line =
          Stream.concat(
                  Stream.of(Integer.toString(epoch.number())),
                  names.stream().map(name -> text(epoch.values().get(name))))
              .collect(Collectors.joining(separator));
      write(line);
    } catch (IOException failed) {
      throw new UncheckedIOException("csvLogger: " + file + " cannot be written", failed);
    }
  }

  private static String text(Double value) {
    return value == null ? "" : value.toString();
  }

  private void begin() throws IOException {
    if (!append) {
      Files.deleteIfExists(file);
    }
    if (Files.notExists(file) || Files.size(file) == 0) {
      write("epoch" + separator + String.join(separator, names));
    }
  }

  private void write(String line) throws IOException {
    Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
