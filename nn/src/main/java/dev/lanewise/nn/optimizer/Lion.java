package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.InPlace;
import java.util.List;

/**
 * Lion (Chen et al. 2023): {@code w = w - rate sign(beta1 m + (1 - beta1) g)}, then {@code m =
 * beta2 m + (1 - beta2) g}. Rates are three to ten times smaller than Adam's, weight decay as much
 * larger.
 *
 * @param rate the learning rate
 * @param beta1 how the mean and the gradient mix in a step
 * @param beta2 decay of the mean of gradients
 */
public record Lion(Schedule rate, double beta1, double beta2) implements Optimizer {
  /** Checks that the decays lie from 0 below 1. */
  public Lion {
    Betas.require("lion", beta1, beta2);
  }

  /** With Keras' other values: betas 0.9 and 0.99. Its default rate is 0.001. */
  public static Lion of(double rate) {
    return of(Schedule.constant(rate));
  }

  /** As {@link #of(double)}, with a rate that changes. */
  public static Lion of(Schedule rate) {
    return new Lion(rate, 0.9, 0.99);
  }

  /** This rule with other decays. */
  public Lion betas(double first, double second) {
    return new Lion(rate, first, second);
  }

  @Override
  public List<String> slots() {
    return List.of("m");
  }

  @Override
  public void update(
      Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate) {
    InPlace update = new InPlace();
    Tensor m = slots.getFirst();
    update.ternary(Lane.SIGN_STEP, parameter, m, gradient, rate, beta1);
    update.zip(Lane.AVERAGE, m, gradient, beta2, 1 - beta2);
    update.run();
  }
}
