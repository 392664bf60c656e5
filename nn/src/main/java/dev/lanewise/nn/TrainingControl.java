package dev.lanewise.nn;

import dev.lanewise.nn.metric.Metric;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.nn.optimizer.Schedule;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a listener may do to the run that it hears of: stop it, change its learning rate, and choose
 * the weights that it ends with. Belongs to the thread that trains.
 */
public final class TrainingControl {
  private final Descent descent;
  private final List<Metric> metrics;
  private final Runnable keep;
  private String reason;

  TrainingControl(Descent descent, List<Metric> metrics, Runnable keep) {
    this.descent = descent;
    this.metrics = metrics;
    this.keep = keep;
  }

  /**
   * Ends the run: after the step that has just been made or, between epochs, after the epoch. A run
   * makes one step at least.
   *
   * @param why for {@link History#reason}; the first one counts
   */
  public void stop(String why) {
    reason = reason == null ? Objects.requireNonNull(why) : reason;
  }

  /** Whether a listener has stopped the run. */
  public boolean isStopped() {
    return reason != null;
  }

  /** Why, empty if none has. */
  Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  /** The learning rate of the next step. */
  public double rate() {
    return descent.rate();
  }

  /** Takes this learning rate from the next step on, in place of the optimizer's schedule. */
  public void rate(double rate) {
    descent.schedule(Schedule.constant(rate));
  }

  /** How many steps the optimizer has made, in earlier runs too. */
  public long steps() {
    return descent.steps();
  }

  /**
   * Copies the weights as they are now: the run ends with them, unless this is called again. It
   * goes before {@link Fit#keepBest}.
   */
  public void keepWeights() {
    keep.run();
  }

  /**
   * Whether more is better of a value by its name in {@link Epoch#values}: of a metric it says so
   * itself, of a loss less is better.
   *
   * @throws IllegalArgumentException if the model has no loss or metric of this name
   */
  public boolean isHigherBetter(String name) {
    String plain =
        name.startsWith(Epoch.VALIDATION) ? name.substring(Epoch.VALIDATION.length()) : name;
    if (plain.equals("loss")) {
      return false;
    }
    for (Metric metric : metrics) {
      if (metric.name().equals(plain)) {
        return metric.higherIsBetter();
      }
    }
    throw new IllegalArgumentException(
        "fit: no loss or metric '"
            + name
            + "': loss and "
            + metrics.stream().map(Metric::name).toList()
            + " expected, or those of the validation set with val_ before them");
  }
}
