package dev.lanewise.nn.callback;

import dev.lanewise.nn.Epoch;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.StatefulListener;
import dev.lanewise.nn.TrainingControl;
import dev.lanewise.nn.data.Transforms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.IllegalFormatException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Saves a model's weights after each epoch, or only when a value has become better. Keras' {@code
 * ModelCheckpoint} with {@code save_weights_only}.
 *
 * <p>The file's name may hold values of the epoch in braces, with a format behind a colon: {@code
 * weights-{epoch:02d}-{val_loss:.3f}.safetensors}.
 */
public final class ModelCheckpoint implements StatefulListener {
  private static final Pattern FIELD = Pattern.compile("\\{(\\w+)(?::([^}]*))?}");

  private final String file;
  private Monitor watched = new Monitor("val_loss", Mode.AUTO, 0);
  private boolean saveBestOnly;
  private double threshold = Double.NaN;
  private Transforms transforms = Transforms.none();

  private Model model;
  private TrainingControl control;
  private Monitor monitor;
  private double best;
  private Path saved;

  private ModelCheckpoint(String file) {
    this.file = file;
  }

  /** To a file of this name. */
  public static ModelCheckpoint of(Path file) {
    return new ModelCheckpoint(file.toString());
  }

  /** Watches another value than {@code val_loss} for the best: {@code val_accuracy}. */
  public ModelCheckpoint monitor(String name) {
    watched = watched.name(name);
    return this;
  }

  /** Says whether more or less is better. */
  public ModelCheckpoint mode(Mode mode) {
    watched = watched.mode(mode);
    return this;
  }

  /** Saves only when the value has become better, or after every epoch. */
  public ModelCheckpoint saveBestOnly(boolean wanted) {
    saveBestOnly = wanted;
    return this;
  }

  /** Saves the best only if it is better than this. */
  public ModelCheckpoint initialThreshold(double value) {
    threshold = value;
    return this;
  }

  /** Saves these with the weights, see {@link Model#save(Path, Transforms)}. */
  public ModelCheckpoint transforms(Transforms fitted) {
    transforms = fitted;
    return this;
  }

  /** The file written last in this run, before an interruption too; or null. */
  public Path saved() {
    return saved;
  }

  @Override
  public void onFitBegin(Model trained, Fit fit, TrainingControl given) {
    model = trained;
    control = given;
    saved = null;
    monitor = null;
    if (saveBestOnly) {
      monitor = watched.of(given);
      best = Double.isNaN(threshold) ? monitor.worst() : threshold;
    }
  }

  @Override
  public void onEpochEnd(Epoch epoch) {
    if (saveBestOnly) {
      boolean incomplete = control.isStopped() && epoch.validation().isEmpty();
      if (monitor == null || (incomplete && monitor.name().startsWith("val_"))) {
        return;
      }
      double value = epoch.value(monitor.name());
      if (!monitor.isBetter(value, best)) {
        return;
      }
      best = value;
    }
    Path target = Path.of(named(file, epoch));
    try {
      model.save(target, transforms);
    } catch (IOException failed) {
      throw new UncheckedIOException("modelCheckpoint: " + target + " cannot be written", failed);
    }
    saved = target;
  }

  @Override
  public Map<String, String> state() {
    Map<String, String> state = new HashMap<>();
    if (saveBestOnly) {
      state.put("best", Double.toString(best));
    }
    if (saved != null) {
      state.put("saved", saved.toString());
    }
    return state;
  }

  @Override
  public void restore(Map<String, String> state) {
    if (saveBestOnly) {
      best = Double.parseDouble(state.get("best"));
    }
    saved = state.containsKey("saved") ? Path.of(state.get("saved")) : null;
  }

  /** The file's name with the epoch's values in place of fields. */
  private static String named(String pattern, Epoch epoch) {
    return FIELD
        .matcher(pattern)
        .replaceAll(field -> Matcher.quoteReplacement(value(pattern, field, epoch)));
  }

  private static String value(String pattern, MatchResult field, Epoch epoch) {
    String format = field.group(2);
    boolean number = field.group(1).equals("epoch");
    try {
      if (number) {
        return String.format(Locale.ROOT, "%" + (format == null ? "d" : format), epoch.number());
      }
      double value = epoch.value(field.group(1));
      return format == null
          ? Double.toString(value)
          : String.format(Locale.ROOT, "%" + format, value);
    } catch (IllegalFormatException unknown) {
      throw new IllegalArgumentException(
          "modelCheckpoint: no format of " + field.group(1) + ": " + format + " in " + pattern,
          unknown);
    }
  }
}
