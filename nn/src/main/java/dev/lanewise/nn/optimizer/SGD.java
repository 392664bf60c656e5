package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Tensor;
import java.util.List;

/**
 * Stochastic gradient descent, with momentum (Polyak 1964; Sutskever et al. 2013) as Keras has it:
 * {@code v = momentum v - rate g}, then {@code w = w + v}, or {@code w = w + momentum v - rate g}
 * after Nesterov; without momentum {@code w = w - rate g}.
 *
 * @param rate the learning rate
 * @param momentum how much of the last step is repeated, from 0 below 1
 * @param nesterov whether the gradient counts as taken where the momentum leads
 */
public record SGD(double rate, double momentum, boolean nesterov) implements Optimizer {
  /** Checks the momentum. */
  public SGD {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("sgd: momentum from 0 below 1, not " + momentum);
    }
  }

  /** Without momentum; Keras' default rate is 0.01. */
  public static SGD of(double rate) {
    return new SGD(rate, 0, false);
  }

  /** This rule with momentum. */
  public SGD momentum(double other) {
    return new SGD(rate, other, nesterov);
  }

  /** This rule with Nesterov's momentum or the classical one. */
  public SGD nesterov(boolean wanted) {
    return new SGD(rate, momentum, wanted);
  }

  @Override
  public List<String> slots() {
    return momentum == 0 ? List.of() : List.of("velocity");
  }

  @Override
  public void update(
      Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate) {
    if (momentum == 0) {
      Update.zip(Lane.ADD_SCALED, parameter, gradient, 1, -rate);
      return;
    }
    Tensor velocity = slots.getFirst();
    Update.zip(Lane.ADD_SCALED, velocity, gradient, momentum, -rate);
    if (nesterov) {
      Update.zip(Lane.ADD_SCALED, parameter, velocity, 1, momentum);
      Update.zip(Lane.ADD_SCALED, parameter, gradient, 1, -rate);
    } else {
      Update.zip(Lane.ADD_SCALED, parameter, velocity, 1, 1);
    }
  }
}
