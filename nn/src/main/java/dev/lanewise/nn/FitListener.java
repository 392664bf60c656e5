package dev.lanewise.nn;

/**
 * Hears of a training run as it goes, on the thread that trains.
 *
 * <p>What a listener throws is logged once and does not stop the run.
 */
public interface FitListener {
  /** A run begins. */
  default void onFitBegin(Model model, Fit fit) {}

  /** An epoch begins; numbers count from one. */
  default void onEpochBegin(int epoch, int epochs) {}

  /** A step has been made. */
  default void onBatchEnd(Progress progress) {}

  /** An epoch has ended, its validation included. */
  default void onEpochEnd(Epoch epoch) {}

  /** The run has ended. */
  default void onFitEnd(History history) {}
}
