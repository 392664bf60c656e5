package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.WeightPolicy;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Lstm;
import java.util.List;

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997). Inputs: {@code [t, in]} and, where they
 * are not zeros, the first h and c {@code [units]}. Output: {@code [units]}, or {@code [t, units]}
 * with {@link #returnSequences}; with {@link #returnState}, also the last h and c. Weights: {@code
 * kernel [in, 4 units]}, {@code recurrent_kernel [units, 4 units]}, {@code bias [4 units]}, the
 * gates in the order i, f, c, o. Keras' {@code LSTM}.
 *
 * <p>With the default activations it is one operator; with others, one operator after the other.
 *
 * @param settings what it shares with other recurrent layers; the activation is that of the
 *     candidate and the output
 * @param recurrentActivation of the gates
 * @param unitForgetBias whether the forget gate's bias starts as one
 */
public record LSTM(
    RecurrentSettings settings, Activation recurrentActivation, boolean unitForgetBias)
    implements RecurrentLayer<LSTM> {
  /** Checks the settings. */
  public LSTM {
    settings.check("lstm");
  }

  /**
   * With Keras' defaults: the last state only, tanh and sigmoid, a bias of one for the forget gate.
   */
  public static LSTM of(long units) {
    return new LSTM(RecurrentSettings.of(units), Activation.SIGMOID, true);
  }

  @Override
  public LSTM settings(RecurrentSettings other) {
    return new LSTM(other, recurrentActivation, unitForgetBias);
  }

  /** This layer with another activation of the gates. */
  public LSTM recurrentActivation(Activation other) {
    return new LSTM(settings, other, unitForgetBias);
  }

  /** This layer with a bias of the forget gate that starts as one, or as all others. */
  public LSTM unitForgetBias(boolean wanted) {
    return new LSTM(settings, recurrentActivation, wanted);
  }

  @Override
  public int states() {
    return 2;
  }

  @Override
  public Block build(Weights weights, List<Shape> inputs, boolean inOrder) {
    return Recurrence.block(this, new Gates(this), weights, inputs, inOrder);
  }

  private record Gates(LSTM layer) implements Cell {
    @Override
    public int gates() {
      return 4;
    }

    @Override
    public Op operator() {
      return layer.settings.activation().equals(Activation.TANH)
              && layer.recurrentActivation.equals(Activation.SIGMOID)
          ? new Lstm(layer.goBackwards())
          : null;
    }

    @Override
    public WeightPolicy bias(WeightPolicy policy) {
      if (!layer.unitForgetBias) {
        return policy;
      }
      Initializer rest = policy.initializer();
      return policy.initializer(
          (target, stream) -> {
            rest.fill(target, stream);
            for (long i = layer.units(); i < 2 * layer.units(); i++) {
              target.set(1, i);
            }
          });
    }

    @Override
    public Tensor[] next(
        Tensor sums, Tensor seen, Tensor[] states, Tensor recurrentKernel, Tensor bias) {
      Activation activation = layer.settings.activation();
      long units = layer.units();
      Tensor all = sums.add(seen.matmul(recurrentKernel));
      Tensor i = layer.recurrentActivation.apply(all.slice(1, 0, units));
      Tensor f = layer.recurrentActivation.apply(all.slice(1, units, 2 * units));
      Tensor g = activation.apply(all.slice(1, 2 * units, 3 * units));
      Tensor o = layer.recurrentActivation.apply(all.slice(1, 3 * units, 4 * units));
      Tensor c = f.mul(states[1]).add(i.mul(g));
      return new Tensor[] {o.mul(activation.apply(c)), c};
    }
  }
}
