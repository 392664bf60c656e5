package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.WeightPolicy;
import java.util.function.Consumer;

/**
 * What all recurrent layers can be told, under Keras' names.
 *
 * @param units extent of a state
 * @param activation of the candidate of a step
 * @param useBias whether there is a bias
 * @param returnSequences whether the output has all states, not only the last one
 * @param returnState whether the last states are outputs too
 * @param goBackwards whether the end of a sequence comes first; all states are then in that order
 * @param stateful whether a batch goes on from the last states of the batch before
 * @param zeroOutputForMask whether all states, where returned, are zeros for steps that a mask
 *     leaves out, instead of the states before
 * @param dropout part of the inputs that training drops, the same in all steps
 * @param recurrentDropout part of the state that training hides from the products of all steps, the
 *     same in all of them
 * @param kernel how the kernel is made and held
 * @param recurrentKernel how the recurrent kernel is made and held
 * @param bias how the bias is made and held
 */
public record RecurrentSettings(
    long units,
    Activation activation,
    boolean useBias,
    boolean returnSequences,
    boolean returnState,
    boolean goBackwards,
    boolean stateful,
    boolean zeroOutputForMask,
    double dropout,
    double recurrentDropout,
    WeightPolicy kernel,
    WeightPolicy recurrentKernel,
    WeightPolicy bias) {
  /** With Keras' defaults: the last state only, tanh, Glorot's and orthogonal kernels. */
  public static RecurrentSettings of(long units) {
    return new RecurrentSettings(
        units,
        Activation.TANH,
        true,
        false,
        false,
        false,
        false,
        false,
        0,
        0,
        WeightPolicy.of(Initializer.GLOROT_UNIFORM),
        WeightPolicy.of(Initializer.ORTHOGONAL),
        WeightPolicy.of(Initializer.ZEROS));
  }

  /** The settings while they change. */
  static final class Draft {
    final long units;
    Activation activation;
    boolean useBias;
    boolean returnSequences;
    boolean returnState;
    boolean goBackwards;
    boolean stateful;
    boolean zeroOutputForMask;
    double dropout;
    double recurrentDropout;
    WeightPolicy kernel;
    WeightPolicy recurrentKernel;
    WeightPolicy bias;

    private Draft(RecurrentSettings from) {
      units = from.units;
      activation = from.activation;
      useBias = from.useBias;
      returnSequences = from.returnSequences;
      returnState = from.returnState;
      goBackwards = from.goBackwards;
      stateful = from.stateful;
      zeroOutputForMask = from.zeroOutputForMask;
      dropout = from.dropout;
      recurrentDropout = from.recurrentDropout;
      kernel = from.kernel;
      recurrentKernel = from.recurrentKernel;
      bias = from.bias;
    }

    private RecurrentSettings done() {
      return new RecurrentSettings(
          units,
          activation,
          useBias,
          returnSequences,
          returnState,
          goBackwards,
          stateful,
          zeroOutputForMask,
          dropout,
          recurrentDropout,
          kernel,
          recurrentKernel,
          bias);
    }
  }

  /** These settings with a change. */
  RecurrentSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if they are none of a layer's
   */
  void check(String layer) {
    if (units < 1) {
      throw new IllegalArgumentException(layer + ": at least one unit, not " + units);
    }
    checkRate(layer, "dropout", dropout);
    checkRate(layer, "recurrent dropout", recurrentDropout);
  }

  private static void checkRate(String layer, String name, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(layer + ": a " + name + " from 0 below 1, not " + rate);
    }
  }
}
