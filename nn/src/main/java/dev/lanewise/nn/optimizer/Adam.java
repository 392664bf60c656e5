package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.InPlace;
import java.util.List;

/**
 * Adam (Kingma and Ba 2015): {@code m = beta1 m + (1 - beta1) g}, {@code v = beta2 v + (1 - beta2)
 * g^2}, both corrected at step {@code t} for having started from zero, and a step of {@code m} over
 * the root of {@code v}; in the form AMSGrad (Reddi et al. 2018) over the root of the greatest
 * {@code v} so far.
 *
 * <p>Where epsilon stands differs between frameworks. Keras, and this class by default, follows the
 * paper's section 2: {@code w = w - rate sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) +
 * epsilon)}. PyTorch follows its algorithm 1: {@code w = w - rate * (m / (1 - beta1^t)) / (sqrt(v /
 * (1 - beta2^t)) + epsilon)}; see {@link #epsilonAfterCorrection}.
 *
 * @param rate the learning rate
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of their squares
 * @param epsilon keeps the quotient finite
 * @param epsilonAfterCorrection whether epsilon joins the corrected root, as in PyTorch
 * @param amsgrad whether the greatest mean of squares so far is taken
 */
public record Adam(
    Schedule rate,
    double beta1,
    double beta2,
    double epsilon,
    boolean epsilonAfterCorrection,
    boolean amsgrad)
    implements Optimizer {
  /** Checks that the decays lie from 0 below 1. */
  public Adam {
    Betas.require("adam", beta1, beta2);
  }

  /** With Keras' other values: betas 0.9 and 0.999, epsilon 1e-7. Its default rate is 0.001. */
  public static Adam of(double rate) {
    return of(Schedule.constant(rate));
  }

  /** As {@link #of(double)}, with a rate that changes. */
  public static Adam of(Schedule rate) {
    return new Adam(rate, 0.9, 0.999, 1e-7, false, false);
  }

  /** This rule with other decays. */
  public Adam betas(double first, double second) {
    return new Adam(rate, first, second, epsilon, epsilonAfterCorrection, amsgrad);
  }

  /** This rule with another epsilon; PyTorch's default is 1e-8. */
  public Adam epsilon(double other) {
    return new Adam(rate, beta1, beta2, other, epsilonAfterCorrection, amsgrad);
  }

  /** This rule with epsilon where PyTorch or where Keras has it. */
  public Adam epsilonAfterCorrection(boolean wanted) {
    return new Adam(rate, beta1, beta2, epsilon, wanted, amsgrad);
  }

  /** This rule in the form AMSGrad or the original one. */
  public Adam amsgrad(boolean wanted) {
    return new Adam(rate, beta1, beta2, epsilon, epsilonAfterCorrection, wanted);
  }

  @Override
  public List<String> slots() {
    return amsgrad ? List.of("m", "v", "vMax") : List.of("m", "v");
  }

  @Override
  public void update(
      Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate) {
    InPlace update = new InPlace();
    Tensor m = slots.get(0);
    Tensor v = slots.get(1);
    double root = Math.sqrt(Betas.correction(beta2, step));
    double corrected = rate * root / Betas.correction(beta1, step);
    update.zip(Lane.AVERAGE, m, gradient, beta1, 1 - beta1);
    update.zip(Lane.AVERAGE_OF_SQUARES, v, gradient, beta2, 1 - beta2);
    Tensor squares = v;
    if (amsgrad) {
      squares = slots.get(2);
      update.zip(Lane.MAX, squares, v, 0, 0);
    }
    update.ternary(
        Lane.ADAM_STEP,
        parameter,
        m,
        squares,
        corrected,
        epsilonAfterCorrection ? epsilon * root : epsilon);
    update.run();
  }
}
