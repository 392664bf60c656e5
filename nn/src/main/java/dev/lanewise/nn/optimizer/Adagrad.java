package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.InPlace;
import java.util.List;

/**
 * Adagrad (Duchi et al. 2011): {@code s = s + g^2}, {@code w = w - rate g / sqrt(s + epsilon)} as
 * Keras has it, or {@code w = w - rate g / (sqrt(s) + epsilon)} as PyTorch does, see {@link
 * #epsilonOutsideRoot}.
 *
 * @param rate the learning rate
 * @param initial what {@code s} starts from; 0 in PyTorch
 * @param epsilon keeps the quotient finite
 * @param epsilonOutsideRoot whether epsilon is added to the root, as in PyTorch
 */
public record Adagrad(Schedule rate, double initial, double epsilon, boolean epsilonOutsideRoot)
    implements Optimizer {
  /** Checks the numbers. */
  public Adagrad {
    Rates.require("adagrad", "initial", initial);
    Rates.require("adagrad", "epsilon", epsilon);
  }

  /** With Keras' other values: a start from 0.1, epsilon 1e-7. Its default rate is 0.001. */
  public static Adagrad of(double rate) {
    return of(Schedule.constant(rate));
  }

  /** As {@link #of(double)}, with a rate that changes. */
  public static Adagrad of(Schedule rate) {
    return new Adagrad(rate, 0.1, 1e-7, false);
  }

  /** This rule with sums that start elsewhere. */
  public Adagrad initial(double other) {
    return new Adagrad(rate, other, epsilon, epsilonOutsideRoot);
  }

  /** This rule with another epsilon; PyTorch's default is 1e-10. */
  public Adagrad epsilon(double other) {
    return new Adagrad(rate, initial, other, epsilonOutsideRoot);
  }

  /** This rule with epsilon where PyTorch or where Keras has it. */
  public Adagrad epsilonOutsideRoot(boolean wanted) {
    return new Adagrad(rate, initial, epsilon, wanted);
  }

  @Override
  public List<String> slots() {
    return List.of("sum");
  }

  @Override
  public double initial(String slot) {
    return initial;
  }

  @Override
  public void update(
      Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate) {
    InPlace update = new InPlace();
    Tensor sum = slots.getFirst();
    update.zip(Lane.AVERAGE_OF_SQUARES, sum, gradient, 1, 1);
    Lane move = epsilonOutsideRoot ? Lane.ADAM_STEP : Lane.ROOT_STEP;
    update.ternary(move, parameter, gradient, sum, rate, epsilon);
    update.run();
  }
}
