package dev.lanewise.nn;

import dev.lanewise.nn.data.DataSet;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * How a model is trained. Immutable.
 *
 * @param epochs how often all samples are visited
 * @param batch samples per step
 * @param validation judged after each epoch, or null
 * @param seed what order and dropout are drawn from; the model's own where empty
 * @param shuffle whether each epoch visits the samples in another order
 * @param keepBest whether the run ends with the weights of its best epoch instead of the last
 * @param stopWhen asked after each step; the run ends when it says so
 * @param listeners told of what happens
 */
public record Fit(
    int epochs,
    int batch,
    DataSet validation,
    OptionalLong seed,
    boolean shuffle,
    boolean keepBest,
    BooleanSupplier stopWhen,
    List<FitListener> listeners) {
  /** Checks the numbers and copies the list. */
  public Fit {
    if (epochs < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "fit: epochs " + epochs + ", batch " + batch + ": both at least one");
    }
    listeners = List.copyOf(listeners);
  }

  /** So many epochs of shuffled batches of 32. */
  public static Fit epochs(int epochs) {
    return new Fit(epochs, 32, null, OptionalLong.empty(), true, false, () -> false, List.of());
  }

  /** This plan with so many samples per step. */
  public Fit batch(int other) {
    return new Fit(epochs, other, validation, seed, shuffle, keepBest, stopWhen, listeners);
  }

  /** This plan with a set that is judged after each epoch. */
  public Fit validation(DataSet data) {
    return new Fit(epochs, batch, data, seed, shuffle, keepBest, stopWhen, listeners);
  }

  /** This plan with a seed of its own. */
  public Fit seed(long other) {
    return new Fit(
        epochs, batch, validation, OptionalLong.of(other), shuffle, keepBest, stopWhen, listeners);
  }

  /** This plan with samples shuffled, or in the order of the set. */
  public Fit shuffle(boolean wanted) {
    return new Fit(epochs, batch, validation, seed, wanted, keepBest, stopWhen, listeners);
  }

  /**
   * This plan ending with the weights of the epoch that did best on the validation set: by the
   * first metric, then the loss. Without a validation set there is no best.
   */
  public Fit keepBest(boolean wanted) {
    return new Fit(epochs, batch, validation, seed, shuffle, wanted, stopWhen, listeners);
  }

  /**
   * This plan ended early, after the step in which {@code stop} becomes true; the model then has
   * the weights of the best epoch so far, as {@link #keepBest} says, else the latest.
   */
  public Fit stopWhen(BooleanSupplier stop) {
    return new Fit(epochs, batch, validation, seed, shuffle, keepBest, stop, listeners);
  }

  /** This plan with one more listener. */
  public Fit listener(FitListener listener) {
    List<FitListener> more = new ArrayList<>(listeners);
    more.add(listener);
    return new Fit(epochs, batch, validation, seed, shuffle, keepBest, stopWhen, more);
  }
}
