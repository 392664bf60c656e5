package dev.lanewise.nn.optimizer;

import dev.lanewise.tensor.Tensor;
import java.util.List;

/**
 * A rule with what goes on around its updates, in this order: gradients are clipped, weights decay,
 * the rule updates them, their averages follow.
 *
 * @param rule moves the parameters
 * @param clipping of gradients; each way of clipping replaces the one before
 * @param weightDecay decoupled from the gradients
 * @param average momentum of a moving average of the weights, from 0 below 1; 0 for none
 */
public record Tuned(Optimizer rule, Clipping clipping, WeightDecay weightDecay, double average)
    implements Optimizer {
  /** Checks the momentum. */
  public Tuned {
    if (!(average >= 0 && average < 1)) {
      throw new IllegalArgumentException("averaged: momentum from 0 below 1, not " + average);
    }
  }

  /** The rule with nothing around it, or the rule itself if it is tuned already. */
  public static Tuned of(Optimizer rule) {
    return rule instanceof Tuned tuned
        ? tuned
        : new Tuned(rule, Clipping.NONE, WeightDecay.NONE, 0);
  }

  /** This rule with another clipping. */
  public Tuned with(Clipping other) {
    return new Tuned(rule, other, weightDecay, average);
  }

  /** This rule with another weight decay. */
  public Tuned with(WeightDecay other) {
    return new Tuned(rule, clipping, other, average);
  }

  Tuned withAverage(double momentum) {
    return new Tuned(rule, clipping, weightDecay, momentum);
  }

  @Override
  public Schedule rate() {
    return rule.rate();
  }

  @Override
  public List<String> slots() {
    return rule.slots();
  }

  @Override
  public double initial(String slot) {
    return rule.initial(slot);
  }

  /** The rule's update alone: what goes on around it sees all parameters and is up to descent. */
  @Override
  public void update(
      Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate) {
    rule.update(parameter, gradient, slots, step, rate);
  }
}
