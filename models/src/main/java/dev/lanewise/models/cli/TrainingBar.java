package dev.lanewise.models.cli;

import dev.lanewise.nn.Epoch;
import dev.lanewise.nn.FitListener;
import dev.lanewise.nn.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows a training run: on a terminal a bar per epoch with loss, metrics, samples per second and
 * the time left, elsewhere one line per epoch.
 */
final class TrainingBar implements FitListener {
  private static final Duration REFRESH = Duration.ofMillis(200);

  private final PrintStream out;
  private final boolean terminal;
  private ProgressBar bar;
  private int epoch;
  private int epochs;
  private long shown;

  TrainingBar(PrintStream out) {
    this(out, onTerminal());
  }

  /** JDKs differ in whether a redirected program has a console. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean onTerminal() {
    return System.console() != null && System.console().isTerminal();
  }

  TrainingBar(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void onEpochBegin(int number, int count) {
    epoch = number;
    epochs = count;
  }

  @Override
  public void onBatchEnd(Progress progress) {
    if (!terminal) {
      return;
    }
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("epoch " + epoch + "/" + epochs)
              .setInitialMax(progress.steps())
              .setStyle(ProgressBarStyle.ASCII)
              .setConsumer(new ConsoleProgressBarConsumer(out))
              .setUpdateIntervalMillis((int) REFRESH.toMillis())
              .hideEta()
              .build();
    }
    bar.stepTo(progress.step());
    long now = System.nanoTime();
    if (now - shown > REFRESH.toNanos() || progress.step() == progress.steps()) {
      shown = now;
      bar.setExtraMessage(
          String.format(
              Locale.ROOT,
              "%s, %.0f samples/s, %d s left",
              progress.scores(),
              progress.samplesPerSecond(),
              progress.timeLeft().toSeconds()));
    }
  }

  @Override
  public void onEpochEnd(Epoch ended) {
    if (bar != null) {
      bar.close();
      bar = null;
    }
    out.printf(
        Locale.ROOT,
        "epoch %d/%d: %s%s, %.1f s, %.0f samples/s%n",
        epoch,
        epochs,
        ended.training(),
        ended.validation().map(scores -> ", validation " + scores).orElse(""),
        ended.time().toMillis() / 1e3,
        ended.samplesPerSecond());
  }
}
