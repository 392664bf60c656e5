package dev.lanewise.nn;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@link Model#fit} saw, epoch by epoch.
 *
 * @param epochs in order; the last is incomplete if the run was stopped within it
 * @param stopped whether the run was told to stop before its end
 * @param kept number of the epoch whose weights the model has now, from one; 0 for those it began
 *     with
 * @param reason why a listener stopped the run, empty if none did
 */
public record History(List<Epoch> epochs, boolean stopped, int kept, Optional<String> reason) {
  /** Copies the list. */
  public History {
    epochs = List.copyOf(epochs);
  }

  /**
   * One value over the epochs, by its name in Keras: {@code loss}, {@code accuracy}, {@code
   * val_loss}, {@code val_accuracy}, {@code learning_rate}. NaN where an epoch has no validation.
   *
   * @throws IllegalArgumentException if no epoch can have a value of this name
   */
  public double[] of(String name) {
    double[] values = new double[epochs.size()];
    for (int i = 0; i < values.length; i++) {
      Epoch epoch = epochs.get(i);
      Map<String, Double> all = epoch.values();
      boolean absent = epoch.validation().isEmpty() && name.startsWith(Epoch.VALIDATION);
      values[i] = absent ? all.getOrDefault(name, Double.NaN) : epoch.value(name);
    }
    return values;
  }

  /** The last epoch. */
  public Epoch last() {
    return epochs.getLast();
  }
}
