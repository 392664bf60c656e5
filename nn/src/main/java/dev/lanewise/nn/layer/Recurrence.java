package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.State;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Dropout;
import dev.lanewise.tensor.op.Ops;
import dev.lanewise.tensor.op.Slice;
import dev.lanewise.tensor.op.Stack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A recurrent layer that is built: its weights, and the way of a batch through the steps, by one
 * operator where there is one and nothing is hidden from the states, else one step after the other.
 */
final class Recurrence {
  private static final List<String> STATES = List.of("h", "c");

  private final RecurrentSettings settings;
  private final Cell cell;
  private final int states;
  private final boolean turned;
  private final Shape biasShape;
  private final Parameter kernel;
  private final Parameter recurrentKernel;
  private final Parameter bias;
  private final List<State> carried = new ArrayList<>();

  private Recurrence(
      RecurrentLayer<?> layer, Cell cell, Weights weights, Shape sequence, boolean inOrder) {
    this.settings = layer.settings();
    this.cell = cell;
    this.states = layer.states();
    this.turned = settings.returnSequences() && settings.goBackwards() && !inOrder;
    long columns = Math.multiplyExact(cell.gates(), settings.units());
    biasShape = cell.bias(columns);
    kernel = weights.weight("kernel", Shape.of(sequence.extent(1), columns), settings.kernel());
    recurrentKernel =
        weights.weight(
            "recurrent_kernel", Shape.of(settings.units(), columns), settings.recurrentKernel());
    for (int i = 0; settings.stateful() && i < states; i++) {
      carried.add(weights.state(STATES.get(i), Shape.of(settings.units())));
    }
    bias =
        settings.useBias() ? weights.weight("bias", biasShape, cell.bias(settings.bias())) : null;
  }

  /**
   * Asks for the weights and gives what computes.
   *
   * @throws IllegalArgumentException if the inputs are no sequences with or without first states
   */
  static Block block(
      RecurrentLayer<?> layer, Cell cell, Weights weights, List<Shape> inputs, boolean inOrder) {
    requireInputs(layer, inputs);
    Shape sequence = inputs.getFirst();
    Recurrence recurrence = new Recurrence(layer, cell, weights, sequence, inOrder);
    Shape state = Shape.of(layer.units());
    List<Shape> outputs = new ArrayList<>();
    outputs.add(layer.returnSequences() ? sequence.with(1, layer.units()) : state);
    if (layer.returnState()) {
      outputs.addAll(Collections.nCopies(layer.states(), state));
    }
    return Block.ofMasked(
        List.copyOf(outputs),
        (given, pass) -> {
          given.getFirst().requireSequences(layer);
          return recurrence.call(given, pass);
        });
  }

  private static void requireInputs(RecurrentLayer<?> layer, List<Shape> inputs) {
    if (inputs.isEmpty() || inputs.getFirst().rank() != 2 || inputs.getFirst().extent(0) == 0) {
      throw layer.error("sequences [t, in] of one step or more expected", inputs);
    }
    List<Shape> first = inputs.subList(1, inputs.size());
    Shape state = Shape.of(layer.units());
    if (!first.isEmpty() && !first.equals(Collections.nCopies(layer.states(), state))) {
      throw layer.error(
          "behind the sequences, nothing or %d first state%s of %s expected"
              .formatted(layer.states(), layer.states() == 1 ? "" : "s", state),
          inputs);
    }
  }

  private List<Masked> call(List<Masked> inputs, Pass pass) {
    Masked given = inputs.getFirst();
    Tensor x = given.values();
    Masked kept = given.with(dropped(x, pass));
    Tensor[] found = run(kept, first(Masked.values(inputs)), hidden(x, pass));
    keep(found);
    List<Masked> outputs = new ArrayList<>();
    outputs.add(settings.returnSequences() ? all(given.with(found[0])) : Masked.of(found[1]));
    if (settings.returnState()) {
      outputs.addAll(Masked.all(Arrays.asList(found).subList(1, found.length)));
    }
    return outputs;
  }

  /** The outputs of all steps as they are returned, and their mask in the same order. */
  private Masked all(Masked states) {
    Tensor y = settings.zeroOutputForMask() ? states.counted() : states.values();
    if (!turned) {
      return states.with(y);
    }
    Slice back = Slice.reversed(1);
    return new Masked(back.apply(y), states.isMasked() ? back.apply(states.mask()) : null);
  }

  /** The states to begin with. */
  private Tensor[] first(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    Tensor[] first = new Tensor[states];
    for (int i = 0; i < states; i++) {
      if (inputs.size() > 1) {
        first[i] = inputs.get(1 + i);
      } else {
        first[i] =
            settings.stateful()
                ? carried.get(i).before(x)
                : zeros(x, Shape.of(x.extent(0), settings.units()));
      }
    }
    return first;
  }

  /** Keeps the last states for the next batch where the layer is stateful. */
  private void keep(Tensor[] found) {
    for (int i = 0; i < carried.size(); i++) {
      carried.get(i).keep(found[1 + i]);
    }
  }

  /** The sequences, a part of their elements dropped in training, the same in all steps. */
  private Tensor dropped(Tensor x, Pass pass) {
    return pass.isTraining() && settings.dropout() > 0
        ? x.mul(kept(x, x.shape().with(1, 1), settings.dropout(), pass))
        : x;
  }

  /** What products see of the first state, as factors; null for all of it. */
  private Tensor hidden(Tensor x, Pass pass) {
    return pass.isTraining() && settings.recurrentDropout() > 0
        ? kept(x, Shape.of(x.extent(0), settings.units()), settings.recurrentDropout(), pass)
        : null;
  }

  /** Zero for what is dropped, else what keeps the mean. */
  private static Tensor kept(Tensor x, Shape shape, double rate, Pass pass) {
    return x.scope().full(x.dtype(), shape, 1).apply(new Dropout(rate, pass.random()));
  }

  /** Zeros that meet {@code x}. */
  private static Tensor zeros(Tensor x, Shape shape) {
    return x.scope().zeros(x.dtype(), shape);
  }

  /** All outputs {@code [n, t, units]}, each in the place of its input, and the last states. */
  private Tensor[] run(Masked given, Tensor[] first, Tensor hidden) {
    Tensor x = given.values();
    Tensor w = kernel.with(x);
    Tensor u = recurrentKernel.with(x);
    Tensor b = bias == null ? zeros(x, biasShape) : bias.with(x);
    Op operator = cell.operator();
    if (operator == null || hidden != null) {
      return stepByStep(given.with(cell.project(x, w, b)), first, hidden, u, b);
    }
    List<Tensor> operands = new ArrayList<>();
    operands.add(x);
    operands.addAll(List.of(first));
    operands.addAll(List.of(w, u, b));
    if (given.isMasked()) {
      operands.add(given.mask());
    }
    return operator.applyAll(operands.toArray(Tensor[]::new));
  }

  /** The next states of samples that take the step, those before of others. */
  private static Tensor[] taken(Tensor mask, Tensor[] next, Tensor[] before) {
    Tensor[] states = new Tensor[next.length];
    for (int i = 0; i < states.length; i++) {
      states[i] = Ops.WHERE.apply(mask, next[i], before[i]);
    }
    return states;
  }

  private Tensor[] stepByStep(Masked given, Tensor[] first, Tensor hidden, Tensor u, Tensor b) {
    Tensor sums = given.values();
    int steps = Math.toIntExact(sums.extent(1));
    Tensor[] outputs = new Tensor[steps];
    Tensor[] before = first;
    for (int step = 0; step < steps; step++) {
      int place = settings.goBackwards() ? steps - 1 - step : step;
      Tensor here = sums.slice(1, place, place + 1).reshape(sums.extent(0), sums.extent(2));
      Tensor seen = hidden == null ? before[0] : before[0].mul(hidden);
      Tensor[] next = cell.next(here, seen, before, u, b);
      before =
          given.isMasked() ? taken(given.mask().slice(1, place, place + 1), next, before) : next;
      outputs[place] = before[0];
    }
    Tensor[] all = new Tensor[1 + states];
    all[0] = new Stack(1).apply(outputs);
    System.arraycopy(before, 0, all, 1, states);
    return all;
  }
}
