package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.SimpleRnn;
import java.util.List;

/**
 * The plain recurrent network (Elman 1990): {@code h[t] = activation(x[t] kernel + h[t - 1]
 * recurrent_kernel + bias)}. Inputs: {@code [t, in]} and, where it is not zeros, the first h {@code
 * [units]}. Output: {@code [units]}, or {@code [t, units]} with {@link #returnSequences}; with
 * {@link #returnState}, also the last h. Weights: {@code kernel [in, units]}, {@code
 * recurrent_kernel [units, units]}, {@code bias [units]}. Keras' {@code SimpleRNN}.
 *
 * <p>With tanh or the rectifier it is one operator; with other activations, one operator after the
 * other.
 *
 * @param settings what it shares with other recurrent layers; the activation is that of every step
 */
public record SimpleRNN(RecurrentSettings settings) implements RecurrentLayer<SimpleRNN> {
  /** Checks the settings. */
  public SimpleRNN {
    settings.check("simpleRNN");
  }

  /** With Keras' defaults: the last state only, tanh. */
  public static SimpleRNN of(long units) {
    return new SimpleRNN(RecurrentSettings.of(units));
  }

  @Override
  public SimpleRNN settings(RecurrentSettings other) {
    return new SimpleRNN(other);
  }

  @Override
  public int states() {
    return 1;
  }

  @Override
  public Block build(Weights weights, List<Shape> inputs, boolean inOrder) {
    return Recurrence.block(this, new Plain(settings), weights, inputs, inOrder);
  }

  private record Plain(RecurrentSettings settings) implements Cell {
    @Override
    public int gates() {
      return 1;
    }

    @Override
    public Op operator() {
      if (settings.activation().equals(Activation.RELU)) {
        return new SimpleRnn(SimpleRnn.Activation.RELU, settings.goBackwards());
      }
      return settings.activation().equals(Activation.TANH)
          ? new SimpleRnn(SimpleRnn.Activation.TANH, settings.goBackwards())
          : null;
    }

    @Override
    public Tensor[] next(
        Tensor sums, Tensor seen, Tensor[] states, Tensor recurrentKernel, Tensor bias) {
      return new Tensor[] {settings.activation().apply(sums.add(seen.matmul(recurrentKernel)))};
    }
  }
}
