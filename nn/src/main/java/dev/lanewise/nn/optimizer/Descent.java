package dev.lanewise.nn.optimizer;

import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An optimizer at work: the parameters it moves, what it keeps for each of them, and its steps. */
public final class Descent {
  private final Optimizer optimizer;
  private final List<Parameter> parameters;
  private final List<List<Tensor>> slots = new ArrayList<>();
  private long steps;

  Descent(Optimizer optimizer, List<Parameter> parameters, Scope scope) {
    this.optimizer = optimizer;
    this.parameters = List.copyOf(parameters);
    for (Parameter parameter : this.parameters) {
      Tensor value = parameter.tensor();
      List<Tensor> kept = new ArrayList<>();
      for (int i = 0; i < optimizer.slots().size(); i++) {
        kept.add(scope.zeros(value.dtype(), value.shape()));
      }
      slots.add(Collections.unmodifiableList(kept));
    }
  }

  /** The rule. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** Moves every parameter by one step, against the gradients of a loss. */
  public void step(Gradients gradients) {
    step(gradients, optimizer.rate());
  }

  /** As {@link #step(Gradients)}, with a learning rate of the caller's choice. */
  public void step(Gradients gradients, double rate) {
    steps++;
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      Tensor value = parameter.tensor();
      optimizer.update(value.untracked(), gradients.get(value), slots.get(i), steps, rate);
      parameter.changed();
    }
  }

  /** How many steps have been made. */
  public long steps() {
    return steps;
  }

  /** What the optimizer keeps, by parameter and slot: {@code dense.kernel.velocity}. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      for (int slot = 0; slot < slots.get(i).size(); slot++) {
        String name = parameters.get(i).name() + "." + optimizer.slots().get(slot);
        state.put(name, slots.get(i).get(slot));
      }
    }
    return state;
  }
}
