package dev.lanewise.nn.callback;

import dev.lanewise.nn.Epoch;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.StatefulListener;
import dev.lanewise.nn.TrainingControl;
import java.util.Map;

/**
 * Stops a run when a value has not become better for some epochs. Keras' {@code EarlyStopping}.
 *
 * <p>With {@link #restoreBestWeights} the run ends with the weights of the epoch in which the value
 * was best, whether it was stopped or not.
 */
public final class EarlyStopping implements StatefulListener {
  private final int patience;
  private Monitor watched = new Monitor("val_loss", Mode.AUTO, 0);
  private double baseline = Double.NaN;
  private int startFromEpoch = 1;
  private boolean restoreBestWeights;

  private TrainingControl control;
  private Monitor monitor;
  private double best;
  private int bestEpoch;
  private int wait;

  private EarlyStopping(int patience) {
    if (patience < 0) {
      throw new IllegalArgumentException("earlyStopping: patience at least 0, not " + patience);
    }
    this.patience = patience;
  }

  /**
   * Of the loss of the validation set.
   *
   * @param patience so many epochs without a better value end the run; Keras' default is 0, which
   *     like 1 ends it after the first
   */
  public static EarlyStopping of(int patience) {
    return new EarlyStopping(patience);
  }

  /** Watches another value: {@code loss}, {@code val_accuracy}. */
  public EarlyStopping monitor(String name) {
    watched = watched.name(name);
    return this;
  }

  /** Says whether more or less is better. */
  public EarlyStopping mode(Mode mode) {
    watched = watched.mode(mode);
    return this;
  }

  /** Says how much better a value must be to count. */
  public EarlyStopping minDelta(double delta) {
    watched = watched.minDelta(delta);
    return this;
  }

  /** Counts epochs whose value is not better than this as epochs without a better value. */
  public EarlyStopping baseline(double value) {
    baseline = value;
    return this;
  }

  /** Lets epochs before this one pass unseen. */
  public EarlyStopping startFromEpoch(int number) {
    startFromEpoch = number;
    return this;
  }

  /** Ends the run with the best weights, or with the last. */
  public EarlyStopping restoreBestWeights(boolean wanted) {
    restoreBestWeights = wanted;
    return this;
  }

  /** The number of the best epoch of the run, 0 if there was none. */
  public int bestEpoch() {
    return bestEpoch;
  }

  @Override
  public void onFitBegin(Model model, Fit fit, TrainingControl given) {
    control = given;
    bestEpoch = 0;
    wait = 0;
    monitor = null;
    monitor = watched.of(given);
    best = monitor.worst();
  }

  @Override
  public void onEpochEnd(Epoch epoch) {
    if (monitor == null || epoch.number() < startFromEpoch || isIncomplete(epoch)) {
      return;
    }
    double value = epoch.value(monitor.name());
    boolean better = monitor.isBetter(value, best);
    if (better || bestEpoch == 0) {
      bestEpoch = epoch.number();
      best = better ? value : best;
      if (restoreBestWeights) {
        control.keepWeights();
      }
    }
    wait++;
    if (better) {
      wait = Double.isNaN(baseline) || monitor.isBetter(value, baseline) ? 0 : wait;
    } else if (wait >= patience && epoch.number() > 1) {
      control.stop(
          "%s has not been better than %s for %d epochs".formatted(monitor.name(), best, wait));
    }
  }

  @Override
  public Map<String, String> state() {
    return Map.of(
        "best", Double.toString(best),
        "bestEpoch", Integer.toString(bestEpoch),
        "wait", Integer.toString(wait));
  }

  @Override
  public void restore(Map<String, String> state) {
    best = Double.parseDouble(state.get("best"));
    bestEpoch = Integer.parseInt(state.get("bestEpoch"));
    wait = Integer.parseInt(state.get("wait"));
  }

  /** An epoch that was stopped within has seen no validation set. */
  private boolean isIncomplete(Epoch epoch) {
    return monitor.name().startsWith("val_") && epoch.validation().isEmpty() && control.isStopped();
  }
}
