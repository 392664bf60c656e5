package dev.lanewise.nn.optimizer;

import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.util.List;

/**
 * A rule that moves parameters along their gradients. Implementations are records of attributes.
 *
 * <p>An open training loop:
 *
 * <pre>{@code
 * Descent descent = Adam.of(1e-3).on(model.parameters(), model.scope());
 * try (Scope step = model.scope().child("step")) {
 *   Tensor prediction = model.call(x.in(step), Pass.training(stream));
 *   descent.step(Gradients.of(loss.apply(labels.in(step), prediction)));
 * }
 * }</pre>
 */
public interface Optimizer {
  /** The learning rate. */
  double rate();

  /** The names of the tensors, zero at first, that it keeps for each parameter. */
  List<String> slots();

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
}
