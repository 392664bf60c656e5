package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.InPlace;
import java.util.List;

/**
 * Nadam, Adam with Nesterov's momentum (Dozat 2016): with {@code m} and {@code v} as in Adam,
 * {@code mu(t) = beta1 (1 - 0.96^(t * momentumDecay) / 2)} and {@code M(t)} their product up to
 * {@code t},
 *
 * <pre>{@code
 * mHat = mu(t + 1) m / (1 - M(t + 1)) + (1 - mu(t)) g / (1 - M(t))
 * w = w - rate mHat / (sqrt(v / (1 - beta2^t)) + epsilon)
 * }</pre>
 *
 * @param rate the learning rate; 0.002 in PyTorch
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of their squares
 * @param epsilon keeps the quotient finite
 * @param momentumDecay how fast the momentum grows to beta1; 1 in Keras, 0.004 in PyTorch
 */
public record Nadam(Schedule rate, double beta1, double beta2, double epsilon, double momentumDecay)
    implements Optimizer {
  /** A product below this is no longer seen beside one. */
  private static final double NOTHING = 0x1p-54;

  /** Checks the numbers. */
  public Nadam {
    Betas.require("nadam", beta1, beta2);
    Rates.require("nadam", "epsilon", epsilon);
    Rates.require("nadam", "momentumDecay", momentumDecay);
  }

  /** With Keras' other values: betas 0.9 and 0.999, epsilon 1e-7. Its default rate is 0.001. */
  public static Nadam of(double rate) {
    return of(Schedule.constant(rate));
  }

  /** As {@link #of(double)}, with a rate that changes. */
  public static Nadam of(Schedule rate) {
    return new Nadam(rate, 0.9, 0.999, 1e-7, 1);
  }

  /** This rule with other decays. */
  public Nadam betas(double first, double second) {
    return new Nadam(rate, first, second, epsilon, momentumDecay);
  }

  /** This rule with another epsilon; PyTorch's default is 1e-8. */
  public Nadam epsilon(double other) {
    return new Nadam(rate, beta1, beta2, other, momentumDecay);
  }

  /** This rule with a momentum that grows at another speed; PyTorch's default is 0.004. */
  public Nadam momentumDecay(double other) {
    return new Nadam(rate, beta1, beta2, epsilon, other);
  }

  @Override
  public List<String> slots() {
    return List.of("m", "v");
  }

  @Override
  public void update(
      Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate) {
    InPlace update = new InPlace();
    Tensor m = slots.get(0);
    Tensor v = slots.get(1);
    update.zip(Lane.AVERAGE, m, gradient, beta1, 1 - beta1);
    update.zip(Lane.AVERAGE_OF_SQUARES, v, gradient, beta2, 1 - beta2);
    double product = product(step);
    double now = momentum(step);
    double next = momentum(step + 1);
    double ofGradient = (1 - now) / (1 - product);
    double ofMean = next / (1 - product * next);
    update.zip(Lane.ADD_SCALED, gradient, m, ofGradient, ofMean);
    double root = Math.sqrt(Betas.correction(beta2, step));
    update.ternary(Lane.ADAM_STEP, parameter, gradient, v, rate * root, epsilon * root);
    update.run();
  }

  private double momentum(long step) {
    return beta1 * (1 - 0.5 * StrictMath.pow(0.96, step * momentumDecay));
  }

  /**
   * The product of the momenta up to a step, a function of the step alone, so that a run can go on
   * anywhere. It is soon too small to matter.
   */
  private double product(long steps) {
    double decay = StrictMath.pow(0.96, momentumDecay);
    double power = 1;
    double product = 1;
    for (long step = 1; step <= steps && product > NOTHING; step++) {
      power *= decay;
      product *= beta1 * (1 - 0.5 * power);
    }
    return product;
  }
}
