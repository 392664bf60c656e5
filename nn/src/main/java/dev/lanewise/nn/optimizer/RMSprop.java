package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.InPlace;
import java.util.ArrayList;
import java.util.List;

/**
 * RMSprop (Hinton 2012): {@code s = rho s + (1 - rho) g^2} and a step of {@code q = g / sqrt(s +
 * epsilon)}; centered (Graves 2013), with {@code a = rho a + (1 - rho) g}, the root is that of the
 * variance {@code s - a^2}. With momentum {@code v = momentum v + rate q} and {@code w = w - v},
 * else {@code w = w - rate q}. A variance that rounding has made negative counts as 0.
 *
 * <p>Keras, and this class by default, adds epsilon inside the root. PyTorch adds it to the root,
 * and multiplies by the rate after the momentum; see {@link #epsilonOutsideRoot} and {@link
 * #rateAfterMomentum}.
 *
 * @param rate the learning rate
 * @param rho decay of the means; 0.99 in PyTorch
 * @param momentum how much of the last step is repeated, from 0 below 1
 * @param centered whether the mean's square is taken off the mean of squares
 * @param epsilon keeps the quotient finite
 * @param epsilonOutsideRoot whether epsilon is added to the root, as in PyTorch
 * @param rateAfterMomentum whether the velocity is kept without the rate, as in PyTorch
 */
public record RMSprop(
    Schedule rate,
    double rho,
    double momentum,
    boolean centered,
    double epsilon,
    boolean epsilonOutsideRoot,
    boolean rateAfterMomentum)
    implements Optimizer {
  /** Checks the numbers. */
  public RMSprop {
    Betas.require("rmsprop", "rho", rho);
    Betas.require("rmsprop", "momentum", momentum);
    Rates.require("rmsprop", "epsilon", epsilon);
  }

  /**
   * With Keras' other values: rho 0.9, no momentum, not centered, epsilon 1e-7. Its default rate is
   * 0.001.
   */
  public static RMSprop of(double rate) {
    return of(Schedule.constant(rate));
  }

  /** As {@link #of(double)}, with a rate that changes. */
  public static RMSprop of(Schedule rate) {
    return new RMSprop(rate, 0.9, 0, false, 1e-7, false, false);
  }

  /** This rule with another decay. */
  public RMSprop rho(double other) {
    return new RMSprop(
        rate, other, momentum, centered, epsilon, epsilonOutsideRoot, rateAfterMomentum);
  }

  /** This rule with momentum. */
  public RMSprop momentum(double other) {
    return new RMSprop(rate, rho, other, centered, epsilon, epsilonOutsideRoot, rateAfterMomentum);
  }

  /** This rule over the root of the variance or of the mean of squares. */
  public RMSprop centered(boolean wanted) {
    return new RMSprop(rate, rho, momentum, wanted, epsilon, epsilonOutsideRoot, rateAfterMomentum);
  }

  /** This rule with another epsilon; PyTorch's default is 1e-8. */
  public RMSprop epsilon(double other) {
    return new RMSprop(rate, rho, momentum, centered, other, epsilonOutsideRoot, rateAfterMomentum);
  }

  /** This rule with epsilon where PyTorch or where Keras has it. */
  public RMSprop epsilonOutsideRoot(boolean wanted) {
    return new RMSprop(rate, rho, momentum, centered, epsilon, wanted, rateAfterMomentum);
  }

  /** This rule with the rate where PyTorch or where Keras has it. */
  public RMSprop rateAfterMomentum(boolean wanted) {
    return new RMSprop(rate, rho, momentum, centered, epsilon, epsilonOutsideRoot, wanted);
  }

  @Override
  public List<String> slots() {
    List<String> slots = new ArrayList<>(List.of("squares"));
    if (centered) {
      slots.add("mean");
    }
    if (momentum > 0) {
      slots.add("velocity");
    }
    return slots;
  }

  @Override
  public void update(
      Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate) {
    InPlace update = new InPlace();
    Tensor squares = slots.getFirst();
    double inside = epsilonOutsideRoot ? 0 : epsilon;
    double outside = epsilonOutsideRoot ? epsilon : 0;
    update.zip(Lane.AVERAGE_OF_SQUARES, squares, gradient, rho, 1 - rho);
    if (centered) {
      Tensor mean = slots.get(1);
      update.zip(Lane.AVERAGE, mean, gradient, rho, 1 - rho);
      update.ternary(Lane.OVER_CENTERED_ROOT, gradient, squares, mean, inside, outside);
    } else if (momentum == 0) {
      Lane move = epsilonOutsideRoot ? Lane.ADAM_STEP : Lane.ROOT_STEP;
      update.ternary(move, parameter, gradient, squares, rate, epsilon);
      update.run();
      return;
    } else {
      update.zip(Lane.OVER_ROOT, gradient, squares, inside, outside);
    }
    if (momentum == 0) {
      update.zip(Lane.ADD_SCALED, parameter, gradient, 1, -rate);
      update.run();
      return;
    }
    Tensor velocity = slots.getLast();
    update.zip(Lane.AVERAGE, velocity, gradient, momentum, rateAfterMomentum ? 1 : rate);
    update.zip(Lane.ADD_SCALED, parameter, velocity, 1, rateAfterMomentum ? -rate : -1);
    update.run();
  }
}
