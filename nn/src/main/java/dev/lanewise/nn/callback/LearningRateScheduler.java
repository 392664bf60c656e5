package dev.lanewise.nn.callback;

import dev.lanewise.nn.Fit;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.StatefulListener;
import dev.lanewise.nn.TrainingControl;
import java.util.Map;

/**
 * Sets the learning rate at the beginning of each epoch. Keras' {@code LearningRateScheduler}. For
 * rates that change from step to step see {@link dev.lanewise.nn.optimizer.Schedule}.
 */
public final class LearningRateScheduler implements StatefulListener {
  private final Rule rule;
  private TrainingControl control;

  /** The last epoch whose rate was set: one that a resumed run goes on with has it already. */
  private int ruled;

  /** The rate of an epoch. */
  @FunctionalInterface
  public interface Rule {
    /**
     * The rate.
     *
     * @param epoch number from one
     * @param rate the rate so far
     */
    double rate(int epoch, double rate);
  }

  private LearningRateScheduler(Rule rule) {
    this.rule = rule;
  }

  /** By this rule. */
  public static LearningRateScheduler of(Rule rule) {
    return new LearningRateScheduler(rule);
  }

  @Override
  public void onFitBegin(Model model, Fit fit, TrainingControl given) {
    control = given;
    ruled = 0;
  }

  @Override
  public void onEpochBegin(int epoch, int epochs) {
    if (epoch != ruled) {
      control.rate(rule.rate(epoch, control.rate()));
      ruled = epoch;
    }
  }

  @Override
  public Map<String, String> state() {
    return Map.of("epoch", Integer.toString(ruled));
  }

  @Override
  public void restore(Map<String, String> state) {
    ruled = Integer.parseInt(state.get("epoch"));
  }
}
