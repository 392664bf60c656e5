package dev.lanewise.nn.callback;

import dev.lanewise.nn.Fit;
import dev.lanewise.nn.FitListener;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Progress;
import dev.lanewise.nn.TrainingControl;

/** Stops a run when its loss is NaN or infinite. Keras' {@code TerminateOnNaN}. */
public final class TerminateOnNaN implements FitListener {
  private TrainingControl control;

  private TerminateOnNaN() {}

  /** The listener. */
  public static TerminateOnNaN of() {
    return new TerminateOnNaN();
  }

  @Override
  public void onFitBegin(Model model, Fit fit, TrainingControl given) {
    control = given;
  }

  @Override
  public void onBatchEnd(Progress progress) {
    double loss = progress.scores().loss();
    if (!Double.isFinite(loss)) {
      control.stop(
          "the loss is %s in epoch %d, step %d".formatted(loss, progress.epoch(), progress.step()));
    }
  }
}
