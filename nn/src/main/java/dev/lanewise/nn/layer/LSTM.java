package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Lstm;

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997). Input: {@code [t, in]}. Output: {@code
 * [units]}, or {@code [t, units]} with {@link #returnSequences}. Weights: {@code kernel [in, 4
 * units]}, {@code recurrent_kernel [units, 4 units]}, {@code bias [4 units]}, the gates in the
 * order i, f, c, o. Keras' {@code LSTM}.
 *
 * <p>With the default activations it is one operator; with others, one operator after the other.
 *
 * @param units extent of a state
 * @param activation of the candidate and the output
 * @param recurrentActivation of the gates
 * @param useBias whether there is a bias
 * @param unitForgetBias whether the forget gate's bias starts as one
 * @param returnSequences whether the output has all states, not only the last one
 * @param goBackwards whether the end of a sequence comes first; all states are then in that order
 * @param dropout part of the inputs that training drops, the same in all steps
 * @param kernel makes the kernel
 * @param recurrentKernel makes the recurrent kernel
 * @param bias makes the bias
 */
public record LSTM(
    long units,
    Activation activation,
    Activation recurrentActivation,
    boolean useBias,
    boolean unitForgetBias,
    boolean returnSequences,
    boolean goBackwards,
    double dropout,
    Initializer kernel,
    Initializer recurrentKernel,
    Initializer bias)
    implements RecurrentLayer {
  /** Checks the settings. */
  public LSTM {
    Sequences.check("lstm", units, dropout);
  }

  /**
   * With Keras' defaults: the last state only, tanh and sigmoid, a bias of one for the forget gate.
   */
  public static LSTM of(long units) {
    return new LSTM(
        units,
        Activation.TANH,
        Activation.SIGMOID,
        true,
        true,
        false,
        false,
        0,
        Initializer.GLOROT_UNIFORM,
        Initializer.ORTHOGONAL,
        Initializer.ZEROS);
  }

  /** This layer with another activation. */
  public LSTM activation(Activation other) {
    return new LSTM(
        units,
        other,
        recurrentActivation,
        useBias,
        unitForgetBias,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  /** This layer with another activation of the gates. */
  public LSTM recurrentActivation(Activation other) {
    return new LSTM(
        units,
        activation,
        other,
        useBias,
        unitForgetBias,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  /** This layer with or without a bias. */
  public LSTM useBias(boolean wanted) {
    return new LSTM(
        units,
        activation,
        recurrentActivation,
        wanted,
        unitForgetBias,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  /** This layer with a bias of the forget gate that starts as one, or as all others. */
  public LSTM unitForgetBias(boolean wanted) {
    return new LSTM(
        units,
        activation,
        recurrentActivation,
        useBias,
        wanted,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  @Override
  public LSTM returnSequences(boolean wanted) {
    return new LSTM(
        units,
        activation,
        recurrentActivation,
        useBias,
        unitForgetBias,
        wanted,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  @Override
  public LSTM goBackwards(boolean wanted) {
    return new LSTM(
        units,
        activation,
        recurrentActivation,
        useBias,
        unitForgetBias,
        returnSequences,
        wanted,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  /** This layer with a part of its inputs dropped in training. */
  public LSTM dropout(double rate) {
    return new LSTM(
        units,
        activation,
        recurrentActivation,
        useBias,
        unitForgetBias,
        returnSequences,
        goBackwards,
        rate,
        kernel,
        recurrentKernel,
        bias);
  }

  /** This layer with another initialiser of the kernel. */
  public LSTM kernel(Initializer other) {
    return new LSTM(
        units,
        activation,
        recurrentActivation,
        useBias,
        unitForgetBias,
        returnSequences,
        goBackwards,
        dropout,
        other,
        recurrentKernel,
        bias);
  }

  /** This layer with another initialiser of the recurrent kernel. */
  public LSTM recurrentKernel(Initializer other) {
    return new LSTM(
        units,
        activation,
        recurrentActivation,
        useBias,
        unitForgetBias,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        other,
        bias);
  }

  /** This layer with another initialiser of the bias. */
  public LSTM bias(Initializer other) {
    return new LSTM(
        units,
        activation,
        recurrentActivation,
        useBias,
        unitForgetBias,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        other);
  }

  @Override
  public Block build(Weights weights, Shape input, boolean inOrder) {
    Sequences.requireSequences("lstm", input);
    Shape columns = Shape.of(Math.multiplyExact(4, units));
    Parameter matrix =
        weights.weight("kernel", Shape.of(input.extent(1), columns.extent(0)), kernel);
    Parameter recurrent =
        weights.weight("recurrent_kernel", Shape.of(units, columns.extent(0)), recurrentKernel);
    Parameter offset = useBias ? weights.weight("bias", columns, firstBias()) : null;
    boolean fused =
        activation.equals(Activation.TANH) && recurrentActivation.equals(Activation.SIGMOID);
    Lstm lstm = new Lstm(goBackwards);
    return Sequences.block(
        this,
        input,
        inOrder,
        dropout,
        x -> {
          Tensor zeros = Sequences.zeros(x, x.extent(0), units);
          Tensor w = matrix.with(x);
          Tensor u = recurrent.with(x);
          Tensor b = offset == null ? Sequences.zeros(x, columns.extent(0)) : offset.with(x);
          return fused
              ? lstm.applyAll(x, zeros, zeros, w, u, b)
              : Unrolled.run(
                  x.matmul(w).add(b),
                  goBackwards,
                  (sums, states) -> step(sums, states, u),
                  zeros,
                  zeros);
        });
  }

  private Initializer firstBias() {
    if (!unitForgetBias) {
      return bias;
    }
    return (target, stream) -> {
      bias.fill(target, stream);
      for (long i = units; i < 2 * units; i++) {
        target.set(1, i);
      }
    };
  }

  /** The next h and c. */
  private Tensor[] step(Tensor sums, Tensor[] states, Tensor recurrent) {
    Tensor all = sums.add(states[0].matmul(recurrent));
    Tensor i = recurrentActivation.apply(all.slice(1, 0, units));
    Tensor f = recurrentActivation.apply(all.slice(1, units, 2 * units));
    Tensor g = activation.apply(all.slice(1, 2 * units, 3 * units));
    Tensor o = recurrentActivation.apply(all.slice(1, 3 * units, 4 * units));
    Tensor c = f.mul(states[1]).add(i.mul(g));
    return new Tensor[] {o.mul(activation.apply(c)), c};
  }
}
