package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Constraint;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Regularizer;
import dev.lanewise.nn.weight.WeightPolicy;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * A layer that goes through the steps of sequences and carries states along.
 *
 * <p>Inputs: {@code [t, in]} and, if they do not begin with zeros, the first states {@code
 * [units]}. Outputs: the last state {@code [units]}, or all of them {@code [t, units]} with {@link
 * #returnSequences}; with {@link #returnState}, the last states after it.
 *
 * <pre>{@code
 * Node encoded = LSTM.of(64).returnState(true).on(source);
 * Node decoded =
 *     LSTM.of(64).returnSequences(true).on(target, encoded.output(1), encoded.output(2));
 * }</pre>
 *
 * <p>A step of a sample that a mask {@code [n, t]} leaves out keeps all states as they are, and its
 * place in the sequence of states has the one before. The mask goes with that sequence, in its
 * order; it ends where only the last state is returned.
 *
 * @param <L> the layer's own type
 */
public sealed interface RecurrentLayer<L extends RecurrentLayer<L>> extends Layer
    permits GRU, LSTM, SimpleRNN {
  /** What it has been told. */
  RecurrentSettings settings();

  /** This layer with other settings. */
  L settings(RecurrentSettings other);

  /** How many states a step takes and gives, the output among them. */
  int states();

  /**
   * Asks for the weights and gives what computes.
   *
   * @param inOrder whether each state stands in the place of its input even where the layer goes
   *     backwards
   */
  Block build(Weights weights, List<Shape> inputs, boolean inOrder);

  @Override
  default Block build(Weights weights, List<Shape> inputs) {
    return build(weights, inputs, false);
  }

  @Override
  default Block build(Weights weights, Shape input) {
    return build(weights, List.of(input), false);
  }

  /** Extent of a state. */
  default long units() {
    return settings().units();
  }

  /** Whether the output has all states, not only the last one. */
  default boolean returnSequences() {
    return settings().returnSequences();
  }

  /** Whether the last states are outputs too. */
  default boolean returnState() {
    return settings().returnState();
  }

  /** Whether the end of a sequence comes first. */
  default boolean goBackwards() {
    return settings().goBackwards();
  }

  /** This layer with another activation. */
  default L activation(Activation other) {
    return settings(settings().with(draft -> draft.activation = other));
  }

  /** This layer with or without a bias. */
  default L useBias(boolean wanted) {
    return settings(settings().with(draft -> draft.useBias = wanted));
  }

  /** This layer with all states as its output, or the last one. */
  default L returnSequences(boolean wanted) {
    return settings(settings().with(draft -> draft.returnSequences = wanted));
  }

  /** This layer with the last states as outputs after the first one, or without. */
  default L returnState(boolean wanted) {
    return settings(settings().with(draft -> draft.returnState = wanted));
  }

  /** This layer from the end of the sequences, or from their beginning. */
  default L goBackwards(boolean wanted) {
    return settings(settings().with(draft -> draft.goBackwards = wanted));
  }

  /**
   * This layer with each batch going on from the last states of the one before, sample by sample,
   * or with zeros at the beginning of all. The first batch fixes the number of samples; {@link
   * dev.lanewise.nn.Model#resetStates} starts anew. Data in the order of time, not shuffled, and of
   * whole batches is what this needs.
   */
  default L stateful(boolean wanted) {
    return settings(settings().with(draft -> draft.stateful = wanted));
  }

  /**
   * This layer with zeros among all states for steps that a mask leaves out, or with the states
   * before them.
   */
  default L zeroOutputForMask(boolean wanted) {
    return settings(settings().with(draft -> draft.zeroOutputForMask = wanted));
  }

  /** This layer with a part of its inputs dropped in training. */
  default L dropout(double rate) {
    return settings(settings().with(draft -> draft.dropout = rate));
  }

  /**
   * This layer with a part of its state hidden from its products in training (Gal and Ghahramani
   * 2016). A pass that trains is then computed one step after the other.
   */
  default L recurrentDropout(double rate) {
    return settings(settings().with(draft -> draft.recurrentDropout = rate));
  }

  /** This layer with another initialiser of the kernel. */
  default L kernel(Initializer other) {
    return kernel(settings().kernel().initializer(other));
  }

  /** This layer with another policy for the kernel. */
  default L kernel(WeightPolicy other) {
    return settings(settings().with(draft -> draft.kernel = other));
  }

  /** This layer with a price on the kernel. */
  default L kernelRegularizer(Regularizer other) {
    return kernel(settings().kernel().regularizer(other));
  }

  /** This layer with the kernel held to a constraint. */
  default L kernelConstraint(Constraint other) {
    return kernel(settings().kernel().constraint(other));
  }

  /** This layer with another initialiser of the recurrent kernel. */
  default L recurrentKernel(Initializer other) {
    return recurrentKernel(settings().recurrentKernel().initializer(other));
  }

  /** This layer with another policy for the recurrent kernel. */
  default L recurrentKernel(WeightPolicy other) {
    return settings(settings().with(draft -> draft.recurrentKernel = other));
  }

  /** This layer with a price on the recurrent kernel. */
  default L recurrentRegularizer(Regularizer other) {
    return recurrentKernel(settings().recurrentKernel().regularizer(other));
  }

  /** This layer with the recurrent kernel held to a constraint. */
  default L recurrentConstraint(Constraint other) {
    return recurrentKernel(settings().recurrentKernel().constraint(other));
  }

  /** This layer with another initialiser of the bias. */
  default L bias(Initializer other) {
    return bias(settings().bias().initializer(other));
  }

  /** This layer with another policy for the bias. */
  default L bias(WeightPolicy other) {
    return settings(settings().with(draft -> draft.bias = other));
  }

  /** This layer with a price on the bias. */
  default L biasRegularizer(Regularizer other) {
    return bias(settings().bias().regularizer(other));
  }

  /** This layer with the bias held to a constraint. */
  default L biasConstraint(Constraint other) {
    return bias(settings().bias().constraint(other));
  }
}
