package dev.lanewise.nn;

import dev.lanewise.nn.optimizer.Descent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.util.Map;

/** Keeps the state of one {@link Model#fit} in the file that the plan names, if it names one. */
final class RunState {
  private static final System.Logger LOGGER = System.getLogger(Checkpoint.class.getName());
  private static final String BEFORE = "epochsBefore";
  private static final String EPOCHS = "epochs";
  private static final String STEPS = "stepsOfEpoch";

  private final Fit fit;
  private final Checkpoint checkpoint;
  private boolean hasFailed;

  /**
   * Where a run stands.
   *
   * @param epochsBefore epochs of the model before this run
   * @param epochs of this run that are complete
   * @param steps of the next one that have been made
   */
  record Position(long epochsBefore, int epochs, long steps) {}

  RunState(Model model, Descent descent, Fit fit) {
    this.fit = fit;
    this.checkpoint =
        fit.checkpoint() == null
            ? null
            : Checkpoint.of(fit.checkpoint()).model("model", model, descent);
  }

  /**
   * Restores model and optimizer if the plan says so and there is a file; else the run is at its
   * beginning.
   *
   * @throws UncheckedIOException if there is a file and it cannot be read
   */
  Position start(long epochsBefore) {
    if (!fit.resume() || !Files.exists(fit.checkpoint())) {
      return new Position(epochsBefore, 0, 0);
    }
    try {
      Map<String, Long> counts = checkpoint.restore();
      return new Position(
          count(counts, BEFORE), Math.toIntExact(count(counts, EPOCHS)), count(counts, STEPS));
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
    try {
      checkpoint.write(
          Map.of(
              BEFORE,
              position.epochsBefore,
              EPOCHS,
              (long) position.epochs,
              STEPS,
              position.steps));
    } catch (IOException failed) {
      if (!hasFailed) {
        LOGGER.log(Level.WARNING, "fit: no checkpoint written, training goes on: " + failed);
      }
      hasFailed = true;
    }
  }
}
