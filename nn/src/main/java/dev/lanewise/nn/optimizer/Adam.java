package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Tensor;
import java.util.List;

/**
 * Adam (Kingma and Ba 2015): {@code m = beta1 m + (1 - beta1) g}, {@code v = beta2 v + (1 - beta2)
 * g^2}, both corrected at step {@code t} for having started from zero, and a step of {@code m} over
 * the root of {@code v}.
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
 */
public record Adam(
    double rate, double beta1, double beta2, double epsilon, boolean epsilonAfterCorrection)
    implements Optimizer {
  /** Checks that the decays lie from 0 below 1. */
  public Adam {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "adam: betas from 0 below 1, not " + beta1 + " and " + beta2);
    }
  }

  /** With Keras' other values: betas 0.9 and 0.999, epsilon 1e-7. Its default rate is 0.001. */
  public static Adam of(double rate) {
    return new Adam(rate, 0.9, 0.999, 1e-7, false);
  }

  /** This rule with other decays. */
  public Adam betas(double first, double second) {
    return new Adam(rate, first, second, epsilon, epsilonAfterCorrection);
  }

  /** This rule with another epsilon; PyTorch's default is 1e-8. */
  public Adam epsilon(double other) {
    return new Adam(rate, beta1, beta2, other, epsilonAfterCorrection);
  }

  /** This rule with epsilon where PyTorch or where Keras has it. */
  public Adam epsilonAfterCorrection(boolean wanted) {
    return new Adam(rate, beta1, beta2, epsilon, wanted);
  }

  @Override
  public List<String> slots() {
    return List.of("m", "v");
  }

  @Override
  public void update(
      Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate) {
    Tensor m = slots.get(0);
    Tensor v = slots.get(1);
    double root = Math.sqrt(1 - StrictMath.pow(beta2, (double) step));
    double corrected = rate * root / (1 - StrictMath.pow(beta1, (double) step));
    Update.zip(Lane.ADD_SCALED, m, gradient, beta1, 1 - beta1);
    Update.zip(Lane.ADD_SCALED_SQUARE, v, gradient, beta2, 1 - beta2);
    Update.ternary(
        Lane.ADAM_STEP,
        parameter,
        m,
        v,
        corrected,
        epsilonAfterCorrection ? epsilon * root : epsilon);
  }
}
