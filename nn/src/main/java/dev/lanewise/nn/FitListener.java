package dev.lanewise.nn;

/**
 * Hears of a training run as it goes, on the thread that trains, and may steer it by the {@link
 * TrainingControl} it gets in the beginning.
 *
 * <p>What a listener throws is logged once and does not stop the run.
 */
public interface FitListener {
  /**
   * A run begins.
   *
   * @param control stops the run, changes its learning rate, chooses the weights it ends with; good
   *     until {@link #onFitEnd}
   */
  default void onFitBegin(Model model, Fit fit, TrainingControl control) {}

  /** An epoch begins; numbers count from one. */
  default void onEpochBegin(int epoch, int epochs) {}

  /** A step has been made. */
  default void onBatchEnd(Progress progress) {}

  /** An epoch has ended, its validation included. */
  default void onEpochEnd(Epoch epoch) {}

  /** The run has ended. */
  default void onFitEnd(History history) {}
}
