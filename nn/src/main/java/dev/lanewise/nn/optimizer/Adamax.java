package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.InPlace;
import java.util.List;

/**
 * Adamax (Kingma and Ba 2015, section 7.1): {@code m = beta1 m + (1 - beta1) g}, {@code u =
 * max(beta2 u, |g|)}, {@code w = w - rate / (1 - beta1^t) * m / (u + epsilon)} as Keras has it.
 * PyTorch has {@code u = max(beta2 u, |g| + epsilon)} and divides by it alone, see {@link
 * #epsilonInsideMaximum}.
 *
 * @param rate the learning rate; 0.002 in PyTorch
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of their greatest magnitude
 * @param epsilon keeps the quotient finite
 * @param epsilonInsideMaximum whether epsilon is added to the gradient's magnitude, as in PyTorch
 */
public record Adamax(
    Schedule rate, double beta1, double beta2, double epsilon, boolean epsilonInsideMaximum)
    implements Optimizer {
  /** Checks the numbers. */
  public Adamax {
    Betas.require("adamax", beta1, beta2);
    Rates.require("adamax", "epsilon", epsilon);
  }

  /** With Keras' other values: betas 0.9 and 0.999, epsilon 1e-7. Its default rate is 0.001. */
  public static Adamax of(double rate) {
    return of(Schedule.constant(rate));
  }

  /** As {@link #of(double)}, with a rate that changes. */
  public static Adamax of(Schedule rate) {
    return new Adamax(rate, 0.9, 0.999, 1e-7, false);
  }

  /** This rule with other decays. */
  public Adamax betas(double first, double second) {
    return new Adamax(rate, first, second, epsilon, epsilonInsideMaximum);
  }

  /** This rule with another epsilon; PyTorch's default is 1e-8. */
  public Adamax epsilon(double other) {
    return new Adamax(rate, beta1, beta2, other, epsilonInsideMaximum);
  }

  /** This rule with epsilon where PyTorch or where Keras has it. */
  public Adamax epsilonInsideMaximum(boolean wanted) {
    return new Adamax(rate, beta1, beta2, epsilon, wanted);
  }

  @Override
  public List<String> slots() {
    return List.of("m", "u");
  }

  @Override
  public void update(
      Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate) {
    InPlace update = new InPlace();
    Tensor m = slots.get(0);
    Tensor u = slots.get(1);
    double inside = epsilonInsideMaximum ? epsilon : 0;
    update.zip(Lane.AVERAGE, m, gradient, beta1, 1 - beta1);
    update.zip(Lane.MAX_SCALED_ABS, u, gradient, beta2, inside);
    update.ternary(
        Lane.QUOTIENT_STEP,
        parameter,
        m,
        u,
        rate / Betas.correction(beta1, step),
        epsilon - inside);
    update.run();
  }
}
