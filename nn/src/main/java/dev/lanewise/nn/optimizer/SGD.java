package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.InPlace;
import java.util.List;

/**
 * Stochastic gradient descent, with momentum (Polyak 1964; Sutskever et al. 2013) as Keras has it:
 * {@code v = momentum v - rate g}, then {@code w = w + v}, or {@code w = w + momentum v - rate g}
 * after Nesterov; without momentum {@code w = w - rate g}.
 *
 * <p>PyTorch multiplies by the rate last, which differs when the rate changes: {@code v = momentum
 * v + g}, then {@code w = w - rate v}, or {@code w = w - rate (g + momentum v)} after Nesterov; see
 * {@link #rateAfterMomentum}.
 *
 * @param rate the learning rate
 * @param momentum how much of the last step is repeated, from 0 below 1
 * @param nesterov whether the gradient counts as taken where the momentum leads
 * @param rateAfterMomentum whether the velocity is kept without the rate, as in PyTorch
 */
public record SGD(Schedule rate, double momentum, boolean nesterov, boolean rateAfterMomentum)
    implements Optimizer {
  /** Checks the momentum. */
  public SGD {
    Betas.require("sgd", "momentum", momentum);
  }

  /** Without momentum; Keras' default rate is 0.01. */
  public static SGD of(double rate) {
    return of(Schedule.constant(rate));
  }

  /** As {@link #of(double)}, with a rate that changes. */
  public static SGD of(Schedule rate) {
    return new SGD(rate, 0, false, false);
  }

  /** This rule with momentum. */
  public SGD momentum(double other) {
    return new SGD(rate, other, nesterov, rateAfterMomentum);
  }

  /** This rule with Nesterov's momentum or the classical one. */
  public SGD nesterov(boolean wanted) {
    return new SGD(rate, momentum, wanted, rateAfterMomentum);
  }

  /** This rule with the rate where PyTorch or where Keras has it. */
  public SGD rateAfterMomentum(boolean wanted) {
    return new SGD(rate, momentum, nesterov, wanted);
  }

  @Override
  public List<String> slots() {
    return momentum == 0 ? List.of() : List.of("velocity");
  }

  @Override
  public void update(
      Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate) {
    InPlace update = new InPlace();
    if (momentum == 0) {
      update.zip(Lane.ADD_SCALED, parameter, gradient, 1, -rate);
      update.run();
      return;
    }
    Tensor velocity = slots.getFirst();
    double kept = rateAfterMomentum ? 1 : -rate;
    double applied = rateAfterMomentum ? -rate : 1;
    update.zip(Lane.AVERAGE, velocity, gradient, momentum, kept);
    if (nesterov) {
      update.zip(Lane.ADD_SCALED, parameter, velocity, 1, applied * momentum);
      update.zip(Lane.ADD_SCALED, parameter, gradient, 1, -rate);
    } else {
      update.zip(Lane.ADD_SCALED, parameter, velocity, 1, applied);
    }
    update.run();
  }
}
