package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.InPlace;
import java.util.List;

/**
 * Adadelta (Zeiler 2012): {@code s = rho s + (1 - rho) g^2}, {@code delta = g sqrt(d + epsilon) /
 * sqrt(s + epsilon)}, {@code d = rho d + (1 - rho) delta^2}, {@code w = w - rate delta}.
 *
 * @param rate the learning rate; 1 in the paper and in PyTorch
 * @param rho decay of the means of squares; 0.9 in PyTorch
 * @param epsilon lets the first steps begin; 1e-6 in PyTorch
 */
public record Adadelta(Schedule rate, double rho, double epsilon) implements Optimizer {
  /** Checks the numbers. */
  public Adadelta {
    Betas.require("adadelta", "rho", rho);
    Rates.require("adadelta", "epsilon", epsilon);
  }

  /** With Keras' other values: rho 0.95, epsilon 1e-7. Its default rate is 0.001. */
  public static Adadelta of(double rate) {
    return of(Schedule.constant(rate));
  }

  /** As {@link #of(double)}, with a rate that changes. */
  public static Adadelta of(Schedule rate) {
    return new Adadelta(rate, 0.95, 1e-7);
  }

  /** This rule with another decay. */
  public Adadelta rho(double other) {
    return new Adadelta(rate, other, epsilon);
  }

  /** This rule with another epsilon. */
  public Adadelta epsilon(double other) {
    return new Adadelta(rate, rho, other);
  }

  @Override
  public List<String> slots() {
    return List.of("squares", "deltas");
  }

  @Override
  public void update(
      Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate) {
    InPlace update = new InPlace();
    Tensor squares = slots.get(0);
    Tensor deltas = slots.get(1);
    update.zip(Lane.AVERAGE_OF_SQUARES, squares, gradient, rho, 1 - rho);
    update.ternary(Lane.ROOT_QUOTIENT, gradient, deltas, squares, epsilon, 0);
    update.zip(Lane.AVERAGE_OF_SQUARES, deltas, gradient, rho, 1 - rho);
    update.zip(Lane.ADD_SCALED, parameter, gradient, 1, -rate);
    update.run();
  }
}
