package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Gru;
import java.util.List;

/**
 * Gated recurrent units (Cho et al. 2014). Inputs: {@code [t, in]} and, where it is not zeros, the
 * first h {@code [units]}. Output: {@code [units]}, or {@code [t, units]} with {@link
 * #returnSequences}; with {@link #returnState}, also the last h. Weights: {@code kernel [in, 3
 * units]}, {@code recurrent_kernel [units, 3 units]}, {@code bias [2, 3 units]}, the gates in the
 * order z, r, h. Keras' {@code GRU}.
 *
 * <p>The state is reset behind its product; with {@code resetAfter(false)}, as in the first form of
 * the paper, before it, and the bias is one, {@code [3 units]}. Reset behind the product and with
 * the default activations it is one operator; otherwise, one operator after the other.
 *
 * @param settings what it shares with other recurrent layers; the activation is that of the
 *     candidate
 * @param recurrentActivation of the gates
 * @param resetAfter whether the state is reset behind its product, not before it
 */
public record GRU(RecurrentSettings settings, Activation recurrentActivation, boolean resetAfter)
    implements RecurrentLayer<GRU> {
  /** Checks the settings. */
  public GRU {
    settings.check("gru");
  }

  /** With Keras' defaults: the last state only, tanh and sigmoid, reset behind the product. */
  public static GRU of(long units) {
    return new GRU(RecurrentSettings.of(units), Activation.SIGMOID, true);
  }

  @Override
  public GRU settings(RecurrentSettings other) {
    return new GRU(other, recurrentActivation, resetAfter);
  }

  /** This layer with another activation of the gates. */
  public GRU recurrentActivation(Activation other) {
    return new GRU(settings, other, resetAfter);
  }

  /** This layer with its state reset behind the product, or before it. */
  public GRU resetAfter(boolean wanted) {
    return new GRU(settings, recurrentActivation, wanted);
  }

  @Override
  public int states() {
    return 1;
  }

  @Override
  public Block build(Weights weights, List<Shape> inputs, boolean inOrder) {
    return Recurrence.block(this, new Gates(this), weights, inputs, inOrder);
  }

  private record Gates(GRU layer) implements Cell {
    @Override
    public int gates() {
      return 3;
    }

    @Override
    public Op operator() {
      return layer.resetAfter
              && layer.settings.activation().equals(Activation.TANH)
              && layer.recurrentActivation.equals(Activation.SIGMOID)
          ? new Gru(layer.goBackwards())
          : null;
    }

    @Override
    public Shape bias(long columns) {
      return layer.resetAfter ? Shape.of(2, columns) : Shape.of(columns);
    }

    @Override
    public Tensor project(Tensor x, Tensor kernel, Tensor bias) {
      return x.matmul(kernel).add(layer.resetAfter ? bias.slice(0, 0, 1) : bias);
    }

    @Override
    public Tensor[] next(
        Tensor sums, Tensor seen, Tensor[] states, Tensor recurrentKernel, Tensor bias) {
      long units = layer.units();
      Tensor kernel = layer.resetAfter ? recurrentKernel : recurrentKernel.slice(1, 0, 2 * units);
      Tensor product = seen.matmul(kernel);
      Tensor inner = layer.resetAfter ? product.add(bias.slice(0, 1, 2)) : product;
      Tensor gates =
          layer.recurrentActivation.apply(
              sums.slice(1, 0, 2 * units).add(inner.slice(1, 0, 2 * units)));
      Tensor z = gates.slice(1, 0, units);
      Tensor r = gates.slice(1, units, 2 * units);
      Tensor past =
          layer.resetAfter
              ? r.mul(inner.slice(1, 2 * units, 3 * units))
              : r.mul(seen).matmul(recurrentKernel.slice(1, 2 * units, 3 * units));
      Tensor candidate =
          layer.settings.activation().apply(sums.slice(1, 2 * units, 3 * units).add(past));
      return new Tensor[] {candidate.add(z.mul(states[0].sub(candidate)))};
    }
  }
}
