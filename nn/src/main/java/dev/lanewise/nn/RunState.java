package dev.lanewise.nn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Keeps the state of one {@link Model#fit} in the file that the plan names, if it names one. */
final class RunState {
  private static final System.Logger LOGGER = System.getLogger(Checkpoint.class.getName());
  private static final String BEFORE = "epochsBefore";
  private static final String EPOCHS = "epochs";
  private static final String STEPS = "stepsOfEpoch";
  private static final String SAMPLES = "samplesOfEpoch";
  private static final String LOSSES = "lossesOfEpoch";
  private static final String REASON = "reason";
  private static final String LISTENER = "listener.";

  private final Fit fit;
  private final BestWeights best;
  private final Listeners listeners;
  private final Checkpoint checkpoint;
  private boolean hasFailed;

  /**
   * Where a run stands.
   *
   * @param epochsBefore epochs of the model before this run
   * @param epochs of this run that are complete
   * @param steps of the next one that have been made
   * @param samples of those steps
   * @param losses of those samples, their sum
   * @param reason why a listener has ended the run, empty if none has
   */
  record Position(
      long epochsBefore,
      int epochs,
      long steps,
      long samples,
      double losses,
      Optional<String> reason) {
    /** Between epochs. */
    static Position after(long epochsBefore, int epochs, Optional<String> reason) {
      return new Position(epochsBefore, epochs, 0, 0, 0, reason);
    }
  }

  /**
   * The state of a run.
   *
   * @param checkpoint of model and optimizer, or null where the plan names no file
   * @param best weights so far
   * @param chosen weights that a listener wants kept
   */
  RunState(
      Fit fit, Checkpoint checkpoint, BestWeights best, BestWeights chosen, Listeners listeners) {
    this.fit = fit;
    this.best = best;
    this.listeners = listeners;
    this.checkpoint =
        checkpoint == null ? null : checkpoint.kept("best", best).kept("chosen", chosen);
  }

  /**
   * Restores model, optimizer, weights of earlier epochs and listeners if the plan says so and
   * there is a file; else the run is at its beginning. Files of versions that did not keep them
   * restore model and optimizer; the log says what begins anew.
   *
   * @throws UncheckedIOException if there is a file and it cannot be read
   */
  Position start(long epochsBefore) {
    if (!fit.resume() || !Files.exists(fit.checkpoint())) {
      return Position.after(epochsBefore, 0, Optional.empty());
    }
    try {
      Checkpoint.Notes notes = checkpoint.restoreNotes();
      Map<String, Long> counts = notes.counts();
      Map<String, String> texts = notes.texts();
      listeners.restore(Checkpoint.behind(LISTENER, texts));
      Position position =
          new Position(
              count(counts, BEFORE),
              Math.toIntExact(count(counts, EPOCHS)),
              count(counts, STEPS),
              counts.getOrDefault(SAMPLES, 0L),
              texts.containsKey(LOSSES) ? checkpoint.number(texts, LOSSES) : 0,
              Optional.ofNullable(texts.get(REASON)));
      if (fit.keepBest() && fit.isJudged() && position.epochs > 0 && !best.isPresent()) {
        LOGGER.log(
            Level.WARNING,
            "fit: the checkpoint has no best weights: the best from epoch "
                + (position.epochs + 1)
                + " on are kept");
      }
      return position;
    } catch (IOException failed) {
      throw new UncheckedIOException("fit: cannot resume: " + failed.getMessage(), failed);
    }
  }

  private long count(Map<String, Long> counts, String name) throws IOException {
    Long count = counts.get(name);
    if (count == null) {
      throw new IOException(
          fit.checkpoint() + ": no checkpoint of a fit: '" + name + "' is missing");
    }
    return count;
  }

  /** Whether a checkpoint is due after so many steps of an epoch. */
  boolean isDue(long steps) {
    return checkpoint != null && fit.checkpointSteps() > 0 && steps % fit.checkpointSteps() == 0;
  }

  /** Writes the file, if there is to be one; the first failure is logged. */
  void write(Position position) {
    if (checkpoint == null) {
      return;
    }
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put(BEFORE, position.epochsBefore);
    counts.put(EPOCHS, (long) position.epochs);
    counts.put(STEPS, position.steps);
    counts.put(SAMPLES, position.samples);
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put(LOSSES, Double.toString(position.losses));
    position.reason.ifPresent(reason -> texts.put(REASON, reason));
    listeners.states().forEach((name, text) -> texts.put(LISTENER + name, text));
    try {
      checkpoint.write(new Checkpoint.Notes(counts, texts));
    } catch (IOException failed) {
      if (!hasFailed) {
        LOGGER.log(Level.WARNING, "fit: no checkpoint written, training goes on: " + failed);
      }
      hasFailed = true;
    }
  }
}
