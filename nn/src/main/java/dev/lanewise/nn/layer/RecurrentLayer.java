package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;

/** A layer that goes through the steps of sequences {@code [t, in]} and carries a state along. */
public sealed interface RecurrentLayer extends Layer permits GRU, LSTM, SimpleRNN {
  /** Extent of the state that is the output. */
  long units();

  /** Whether the output has all states, not only the last one. */
  boolean returnSequences();

  /** This layer with all states as its output, or the last one. */
  RecurrentLayer returnSequences(boolean wanted);

  /** Whether the end of a sequence comes first; all states are then in that order. */
  boolean goBackwards();

  /** This layer from the end of the sequences, or from their beginning. */
  RecurrentLayer goBackwards(boolean wanted);

  /**
   * Asks for the weights and gives what computes.
   *
   * @param inOrder whether each state stands in the place of its input even where the layer goes
   *     backwards
   */
  Block build(Weights weights, Shape input, boolean inOrder);

  @Override
  default Block build(Weights weights, Shape input) {
    return build(weights, input, false);
  }
}
