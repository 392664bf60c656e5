package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.op.InPlace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An optimizer at work: the parameters it moves, what it keeps for each of them, and its steps. */
public final class Descent {
  private static final String AVERAGE = "average";

  private final Optimizer optimizer;
  private final Tuned tuned;
  private final List<Parameter> parameters;
  private final List<List<Tensor>> slots = new ArrayList<>();
  private final List<Tensor> averages = new ArrayList<>();
  private Schedule schedule;
  private long steps;

  Descent(Optimizer optimizer, List<Parameter> parameters, Scope scope) {
    this.optimizer = optimizer;
    this.tuned = Tuned.of(optimizer);
    this.schedule = optimizer.rate();
    this.parameters = List.copyOf(parameters);
    for (Parameter parameter : this.parameters) {
      Tensor value = parameter.tensor();
      List<Tensor> kept = new ArrayList<>();
      for (String slot : optimizer.slots()) {
        kept.add(scope.full(value.dtype(), value.shape(), optimizer.initial(slot)));
      }
      slots.add(Collections.unmodifiableList(kept));
      if (tuned.average() > 0) {
        averages.add(value.copyTo(scope));
      }
    }
  }

  /** The rule. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /**
   * Moves every parameter by one step, against its gradient of a loss. Gradients of other leaves,
   * those of a network that only judges, are not computed.
   *
   * @throws IllegalArgumentException as {@link Gradients#of(Tensor)} does
   */
  public void step(Tensor loss) {
    step(Gradients.of(loss, parameters.stream().map(Parameter::tensor).toList()));
  }

  /** Moves every parameter by one step, against the gradients of a loss. */
  public void step(Gradients gradients) {
    step(gradients, rate());
  }

  /**
   * As {@link #step(Gradients)}, with a learning rate of the caller's choice. The gradients may be
   * overwritten.
   */
  public void step(Gradients gradients, double rate) {
    List<Tensor> slopes = new ArrayList<>(parameters.size());
    for (Parameter parameter : parameters) {
      slopes.add(gradients.get(parameter.tensor()));
    }
    tuned.clipping().apply(slopes);
    steps++;
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      Tensor value = parameter.tensor().untracked();
      tuned.weightDecay().apply(parameter.name(), value, rate);
      optimizer.update(value, slopes.get(i), slots.get(i), steps, rate);
      parameter.changed();
      parameter.constrain();
      if (!averages.isEmpty()) {
        average(averages.get(i), value);
      }
    }
  }

  private void average(Tensor average, Tensor value) {
    if (steps == 1) {
      value.copyInto(average);
    } else {
      new InPlace().zip(Lane.AVERAGE, average, value, tuned.average(), 1 - tuned.average()).run();
    }
  }

  /** How many steps have been made. */
  public long steps() {
    return steps;
  }

  /** The learning rate of the next step. */
  public double rate() {
    return schedule.rate(steps);
  }

  /** The schedule that the rate follows: the optimizer's own unless another was given. */
  public Schedule schedule() {
    return schedule;
  }

  /** Takes this schedule from now on, in place of the optimizer's own. */
  public void schedule(Schedule other) {
    schedule = other;
  }

  /** Whether moving averages of the weights are kept, see {@link Optimizer#averaged}. */
  public boolean isAveraging() {
    return !averages.isEmpty();
  }

  /** Gives every parameter the moving average of its values; nothing happens if none are kept. */
  public void useAverages() {
    for (int i = 0; i < averages.size(); i++) {
      parameters.get(i).assign(averages.get(i));
    }
  }

  /** What the optimizer keeps, by parameter and slot: {@code dense.kernel.velocity}. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i).name() + ".";
      for (int slot = 0; slot < slots.get(i).size(); slot++) {
        state.put(name + optimizer.slots().get(slot), slots.get(i).get(slot));
      }
      if (!averages.isEmpty()) {
        state.put(name + AVERAGE, averages.get(i));
      }
    }
    return state;
  }

  /**
   * Goes on where another run stood.
   *
   * @param saved what {@link #state} gave there, and maybe more
   * @param stepsMade what {@link #steps} gave there
   * @throws IllegalArgumentException if a tensor is missing or of another type or shape; nothing
   *     has changed then
   */
  public void restore(Map<String, Tensor> saved, long stepsMade) {
    Map<String, Tensor> own = state();
    own.forEach(
        (name, tensor) -> {
          Tensor value = saved.get(name);
          if (value == null || !value.spec().equals(tensor.spec())) {
            throw new IllegalArgumentException(
                "descent: no state '%s' of %s: %s"
                    .formatted(name, tensor.spec(), value == null ? "missing" : value.spec()));
          }
        });
    own.forEach((name, tensor) -> saved.get(name).copyInto(tensor));
    steps = stepsMade;
  }
}
