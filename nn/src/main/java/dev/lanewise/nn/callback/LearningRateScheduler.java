package dev.lanewise.nn.callback;

import dev.lanewise.nn.Fit;
import dev.lanewise.nn.FitListener;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.TrainingControl;

/**
 * Sets the learning rate at the beginning of each epoch. Keras' {@code LearningRateScheduler}. For
 * rates that change from step to step see {@link dev.lanewise.nn.optimizer.Schedule}.
 */
public final class LearningRateScheduler implements FitListener {
  private final Rule rule;
  private TrainingControl control;

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
  }

  @Override
  public void onEpochBegin(int epoch, int epochs) {
    control.rate(rule.rate(epoch, control.rate()));
  }
}
