package dev.lanewise.nn.callback;

import dev.lanewise.nn.Epoch;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.StatefulListener;
import dev.lanewise.nn.TrainingControl;
import java.util.Map;

/**
 * Multiplies the learning rate by a factor when a value has not become better for some epochs.
 * Keras' {@code ReduceLROnPlateau}. The rate is constant from then on, whatever schedule the
 * optimizer had.
 */
public final class ReduceLROnPlateau implements StatefulListener {
  private final double factor;
  private final int patience;
  private Monitor watched = new Monitor("val_loss", Mode.AUTO, 1e-4);
  private int cooldown;
  private double minRate;

  private TrainingControl control;
  private Monitor monitor;
  private double best;
  private int wait;
  private int cooling;

  private ReduceLROnPlateau(double factor, int patience) {
    if (!(factor >= 0 && factor < 1) || patience < 0) {
      throw new IllegalArgumentException(
          "reduceLROnPlateau: a factor from 0 below 1 and patience at least 0, not %s and %d"
              .formatted(factor, patience));
    }
    this.factor = factor;
    this.patience = patience;
  }

  /**
   * On a plateau of the loss of the validation set.
   *
   * @param factor of the rate; Keras' default is 0.1
   * @param patience so many epochs without a better value make a plateau; Keras' default is 10
   */
  public static ReduceLROnPlateau of(double factor, int patience) {
    return new ReduceLROnPlateau(factor, patience);
  }

  /** Watches another value: {@code loss}, {@code val_accuracy}. */
  public ReduceLROnPlateau monitor(String name) {
    watched = watched.name(name);
    return this;
  }

  /** Says whether more or less is better. */
  public ReduceLROnPlateau mode(Mode mode) {
    watched = watched.mode(mode);
    return this;
  }

  /** Says how much better a value must be to count; Keras' default is 0.0001. */
  public ReduceLROnPlateau minDelta(double delta) {
    watched = watched.minDelta(delta);
    return this;
  }

  /** Waits so many epochs after a reduction before it counts again. */
  public ReduceLROnPlateau cooldown(int epochs) {
    cooldown = epochs;
    return this;
  }

  /** Reduces the rate to this at most. */
  public ReduceLROnPlateau minRate(double rate) {
    minRate = rate;
    return this;
  }

  @Override
  public void onFitBegin(Model model, Fit fit, TrainingControl given) {
    control = given;
    wait = 0;
    cooling = 0;
    monitor = null;
    monitor = watched.of(given);
    best = monitor.worst();
  }

  @Override
  public void onEpochEnd(Epoch epoch) {
    if (monitor == null || control.isStopped()) {
      return;
    }
    double value = epoch.value(monitor.name());
    if (cooling > 0) {
      cooling--;
      wait = 0;
    }
    if (monitor.isBetter(value, best)) {
      best = value;
      wait = 0;
    } else if (cooling == 0) {
      wait++;
      if (wait >= patience && control.rate() > minRate) {
        control.rate(Math.max(control.rate() * factor, minRate));
        cooling = cooldown;
        wait = 0;
      }
    }
  }

  @Override
  public Map<String, String> state() {
    return Map.of(
        "best", Double.toString(best),
        "wait", Integer.toString(wait),
        "cooling", Integer.toString(cooling));
  }

  @Override
  public void restore(Map<String, String> state) {
    best = Double.parseDouble(state.get("best"));
    wait = Integer.parseInt(state.get("wait"));
    cooling = Integer.parseInt(state.get("cooling"));
  }
}
