package dev.lanewise.nn.optimizer;

import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.util.List;
import java.util.function.Predicate;

/**
 * A rule that moves parameters along their gradients. Implementations are records of attributes.
 *
 * <p>What goes on around the rule is the same for all of them and described by {@link Tuned}:
 * {@code SGD.of(0.1).momentum(0.9).clipNorm(1).weightDecay(1e-4)}.
 *
 * <p>An open training loop:
 *
 * <pre>{@code
 * Descent descent = Adam.of(1e-3).on(model.parameters(), model.scope());
 * try (Scope step = model.scope().child("step")) {
 *   Tensor prediction = model.call(x.in(step), Pass.training(stream));
 *   descent.step(loss.apply(labels.in(step), prediction));
 * }
 * }</pre>
 */
public interface Optimizer {
  /** The learning rate. */
  Schedule rate();

  /** The names of the tensors that it keeps for each parameter. */
  List<String> slots();

  /** What every element of a slot is before the first update. */
  default double initial(String slot) {
    return 0;
  }

  /**
   * Moves one parameter, in place.
   *
   * @param parameter the value, row-major
   * @param gradient of the same shape, row-major; may be overwritten
   * @param slots of the same shape, in the order of {@link #slots}
   * @param step the number of this update, from one
   * @param rate the learning rate to take
   */
  void update(Tensor parameter, Tensor gradient, List<Tensor> slots, long step, double rate);

  /** This rule at work on parameters, its state in {@code scope}. */
  default Descent on(List<Parameter> parameters, Scope scope) {
    return new Descent(this, parameters, scope);
  }

  /** This rule on gradients whose elements are clipped to {@code -limit} to {@code limit}. */
  default Tuned clipValue(double limit) {
    return Tuned.of(this).with(new Clipping(Clipping.Kind.VALUE, limit));
  }

  /** This rule on gradients each of which is scaled down to an L2 norm of {@code limit}. */
  default Tuned clipNorm(double limit) {
    return Tuned.of(this).with(new Clipping(Clipping.Kind.NORM, limit));
  }

  /** This rule on gradients that are scaled down together to an L2 norm of {@code limit}. */
  default Tuned globalClipNorm(double limit) {
    return Tuned.of(this).with(new Clipping(Clipping.Kind.GLOBAL_NORM, limit));
  }

  /**
   * This rule with decoupled weight decay (Loshchilov and Hutter 2019) of all parameters: {@code w
   * = w - rate * decay * w} before each update.
   */
  default Tuned weightDecay(double decay) {
    return weightDecay(decay, _ -> true);
  }

  /**
   * As {@link #weightDecay(double)}, of the parameters whose names are {@code chosen}: {@code name
   * -> !name.endsWith("bias")}.
   */
  default Tuned weightDecay(double decay, Predicate<String> chosen) {
    return Tuned.of(this).with(new WeightDecay(decay, chosen));
  }

  /**
   * This rule with an exponential moving average of the weights (Polyak and Juditsky 1992) beside
   * them: {@code average = momentum * average + (1 - momentum) w} after each update, the first time
   * {@code w}. Training by {@code fit} ends with the averages, unless it keeps the weights of an
   * earlier epoch. Keras' default momentum is 0.99.
   */
  default Tuned averaged(double momentum) {
    return Tuned.of(this).withAverage(momentum);
  }
}
