package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.SimpleRnn;

/**
 * The plain recurrent network (Elman 1990): {@code h[t] = activation(x[t] kernel + h[t - 1]
 * recurrent_kernel + bias)}. Input: {@code [t, in]}. Output: {@code [units]}, or {@code [t, units]}
 * with {@link #returnSequences}. Weights: {@code kernel [in, units]}, {@code recurrent_kernel
 * [units, units]}, {@code bias [units]}. Keras' {@code SimpleRNN}.
 *
 * <p>With tanh or the rectifier it is one operator; with other activations, one operator after the
 * other.
 *
 * @param units extent of a state
 * @param activation of every step
 * @param useBias whether there is a bias
 * @param returnSequences whether the output has all states, not only the last one
 * @param goBackwards whether the end of a sequence comes first; all states are then in that order
 * @param dropout part of the inputs that training drops, the same in all steps
 * @param kernel makes the kernel
 * @param recurrentKernel makes the recurrent kernel
 * @param bias makes the bias
 */
public record SimpleRNN(
    long units,
    Activation activation,
    boolean useBias,
    boolean returnSequences,
    boolean goBackwards,
    double dropout,
    Initializer kernel,
    Initializer recurrentKernel,
    Initializer bias)
    implements RecurrentLayer {
  /** Checks the settings. */
  public SimpleRNN {
    Sequences.check("simpleRNN", units, dropout);
  }

  /** With Keras' defaults: the last state only, tanh. */
  public static SimpleRNN of(long units) {
    return new SimpleRNN(
        units,
        Activation.TANH,
        true,
        false,
        false,
        0,
        Initializer.GLOROT_UNIFORM,
        Initializer.ORTHOGONAL,
        Initializer.ZEROS);
  }

  /** This layer with another activation. */
  public SimpleRNN activation(Activation other) {
    return new SimpleRNN(
        units,
        other,
        useBias,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  /** This layer with or without a bias. */
  public SimpleRNN useBias(boolean wanted) {
    return new SimpleRNN(
        units,
        activation,
        wanted,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  @Override
  public SimpleRNN returnSequences(boolean wanted) {
    return new SimpleRNN(
        units, activation, useBias, wanted, goBackwards, dropout, kernel, recurrentKernel, bias);
  }

  @Override
  public SimpleRNN goBackwards(boolean wanted) {
    return new SimpleRNN(
        units,
        activation,
        useBias,
        returnSequences,
        wanted,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  /** This layer with a part of its inputs dropped in training. */
  public SimpleRNN dropout(double rate) {
    return new SimpleRNN(
        units,
        activation,
        useBias,
        returnSequences,
        goBackwards,
        rate,
        kernel,
        recurrentKernel,
        bias);
  }

  /** This layer with another initialiser of the kernel. */
  public SimpleRNN kernel(Initializer other) {
    return new SimpleRNN(
        units,
        activation,
        useBias,
        returnSequences,
        goBackwards,
        dropout,
        other,
        recurrentKernel,
        bias);
  }

  /** This layer with another initialiser of the recurrent kernel. */
  public SimpleRNN recurrentKernel(Initializer other) {
    return new SimpleRNN(
        units, activation, useBias, returnSequences, goBackwards, dropout, kernel, other, bias);
  }

  /** This layer with another initialiser of the bias. */
  public SimpleRNN bias(Initializer other) {
    return new SimpleRNN(
        units,
        activation,
        useBias,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        other);
  }

  @Override
  public Block build(Weights weights, Shape input, boolean inOrder) {
    Sequences.requireSequences("simpleRNN", input);
    Parameter matrix = weights.weight("kernel", Shape.of(input.extent(1), units), kernel);
    Parameter recurrent =
        weights.weight("recurrent_kernel", Shape.of(units, units), recurrentKernel);
    Parameter offset = useBias ? weights.weight("bias", Shape.of(units), bias) : null;
    boolean relu = activation.equals(Activation.RELU);
    boolean fused = relu || activation.equals(Activation.TANH);
    SimpleRnn rnn =
        new SimpleRnn(relu ? SimpleRnn.Activation.RELU : SimpleRnn.Activation.TANH, goBackwards);
    return Sequences.block(
        this,
        input,
        inOrder,
        dropout,
        x -> {
          Tensor zeros = Sequences.zeros(x, x.extent(0), units);
          Tensor w = matrix.with(x);
          Tensor u = recurrent.with(x);
          Tensor b = offset == null ? Sequences.zeros(x, units) : offset.with(x);
          return fused
              ? rnn.applyAll(x, zeros, w, u, b)
              : Unrolled.run(
                  x.matmul(w).add(b),
                  goBackwards,
                  (sums, h) -> new Tensor[] {activation.apply(sums.add(h[0].matmul(u)))},
                  zeros);
        });
  }
}
