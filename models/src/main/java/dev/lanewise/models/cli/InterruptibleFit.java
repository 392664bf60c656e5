package dev.lanewise.models.cli;

import dev.lanewise.nn.Fit;
import dev.lanewise.nn.History;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.data.DataSet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A training run that Ctrl-C ends after the current step: the weights are saved and the command
 * goes on with what is there.
 */
final class InterruptibleFit {
  private InterruptibleFit() {}

  static History run(Model model, DataSet train, Fit fit, Path output, PrintStream out) {
    return run(model, train, fit, output, out, _ -> {});
  }

  /**
   * As the other.
   *
   * @param ending told when the run has ended; an interrupted program still waits for it
   */
  static History run(
      Model model, DataSet train, Fit fit, Path output, PrintStream out, Consumer<History> ending) {
    AtomicBoolean stop = new AtomicBoolean();
    CountDownLatch finished = new CountDownLatch(1);
    Thread onInterrupt =
        new Thread(
            () -> {
              stop.set(true);
              await(finished);
            },
            "stop-training");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    History history = model.fit(train, fit.stopWhen(stop::get));
    if (history.stopped()) {
      try {
        Path file = output.resolve(model.name() + ".safetensors");
        model.save(file);
        out.printf("stopped: weights of epoch %d kept in %s%n", history.kept(), file);
      } catch (IOException failed) {
        out.println("stopped: the weights could not be saved: " + failed.getMessage());
      }
      try {
        ending.accept(history);
      } finally {
        finished.countDown();
      }
    } else {
      Runtime.getRuntime().removeShutdownHook(onInterrupt);
      ending.accept(history);
    }
    return history;
  }

  private static void await(CountDownLatch finished) {
    try {
      if (!finished.await(30, TimeUnit.SECONDS)) {
        System.err.println("stopped: the current step did not end within 30 seconds");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
