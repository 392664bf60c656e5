package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Gru;

/**
 * Gated recurrent units (Cho et al. 2014), reset after the product. Input: {@code [t, in]}. Output:
 * {@code [units]}, or {@code [t, units]} with {@link #returnSequences}. Weights: {@code kernel [in,
 * 3 units]}, {@code recurrent_kernel [units, 3 units]}, {@code bias [2, 3 units]}, the gates in the
 * order z, r, h. Keras' {@code GRU}.
 *
 * <p>With the default activations it is one operator; with others, one operator after the other.
 *
 * @param units extent of a state
 * @param activation of the candidate
 * @param recurrentActivation of the gates
 * @param useBias whether there is a bias
 * @param returnSequences whether the output has all states, not only the last one
 * @param goBackwards whether the end of a sequence comes first; all states are then in that order
 * @param dropout part of the inputs that training drops, the same in all steps
 * @param kernel makes the kernel
 * @param recurrentKernel makes the recurrent kernel
 * @param bias makes the bias
 */
public record GRU(
    long units,
    Activation activation,
    Activation recurrentActivation,
    boolean useBias,
    boolean returnSequences,
    boolean goBackwards,
    double dropout,
    Initializer kernel,
    Initializer recurrentKernel,
    Initializer bias)
    implements RecurrentLayer {
  /** Checks the settings. */
  public GRU {
    Sequences.check("gru", units, dropout);
  }

  /** With Keras' defaults: the last state only, tanh and sigmoid. */
  public static GRU of(long units) {
    return new GRU(
        units,
        Activation.TANH,
        Activation.SIGMOID,
        true,
        false,
        false,
        0,
        Initializer.GLOROT_UNIFORM,
        Initializer.ORTHOGONAL,
        Initializer.ZEROS);
  }

  /** This layer with another activation. */
  public GRU activation(Activation other) {
    return new GRU(
        units,
        other,
        recurrentActivation,
        useBias,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  /** This layer with another activation of the gates. */
  public GRU recurrentActivation(Activation other) {
    return new GRU(
        units,
        activation,
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
  public GRU useBias(boolean wanted) {
    return new GRU(
        units,
        activation,
        recurrentActivation,
        wanted,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  @Override
  public GRU returnSequences(boolean wanted) {
    return new GRU(
        units,
        activation,
        recurrentActivation,
        useBias,
        wanted,
        goBackwards,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  @Override
  public GRU goBackwards(boolean wanted) {
    return new GRU(
        units,
        activation,
        recurrentActivation,
        useBias,
        returnSequences,
        wanted,
        dropout,
        kernel,
        recurrentKernel,
        bias);
  }

  /** This layer with a part of its inputs dropped in training. */
  public GRU dropout(double rate) {
    return new GRU(
        units,
        activation,
        recurrentActivation,
        useBias,
        returnSequences,
        goBackwards,
        rate,
        kernel,
        recurrentKernel,
        bias);
  }

  /** This layer with another initialiser of the kernel. */
  public GRU kernel(Initializer other) {
    return new GRU(
        units,
        activation,
        recurrentActivation,
        useBias,
        returnSequences,
        goBackwards,
        dropout,
        other,
        recurrentKernel,
        bias);
  }

  /** This layer with another initialiser of the recurrent kernel. */
  public GRU recurrentKernel(Initializer other) {
    return new GRU(
        units,
        activation,
        recurrentActivation,
        useBias,
        returnSequences,
        goBackwards,
        dropout,
        kernel,
        other,
        bias);
  }

  /** This layer with another initialiser of the bias. */
  public GRU bias(Initializer other) {
    return new GRU(
        units,
        activation,
        recurrentActivation,
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
    Sequences.requireSequences("gru", input);
    long columns = Math.multiplyExact(3, units);
    Parameter matrix = weights.weight("kernel", Shape.of(input.extent(1), columns), kernel);
    Parameter recurrent =
        weights.weight("recurrent_kernel", Shape.of(units, columns), recurrentKernel);
    Parameter offsets = useBias ? weights.weight("bias", Shape.of(2, columns), bias) : null;
    boolean fused =
        activation.equals(Activation.TANH) && recurrentActivation.equals(Activation.SIGMOID);
    Gru gru = new Gru(goBackwards);
    return Sequences.block(
        this,
        input,
        inOrder,
        dropout,
        x -> {
          Tensor zeros = Sequences.zeros(x, x.extent(0), units);
          Tensor w = matrix.with(x);
          Tensor u = recurrent.with(x);
          Tensor b = offsets == null ? Sequences.zeros(x, 2, columns) : offsets.with(x);
          return fused
              ? gru.applyAll(x, zeros, w, u, b)
              : Unrolled.run(
                  x.matmul(w).add(b.slice(0, 0, 1)),
                  goBackwards,
                  (sums, states) -> step(sums, states[0], u, b),
                  zeros);
        });
  }

  /** The next h. */
  private Tensor[] step(Tensor outer, Tensor h, Tensor recurrent, Tensor biases) {
    Tensor inner = h.matmul(recurrent).add(biases.slice(0, 1, 2));
    Tensor gates =
        recurrentActivation.apply(outer.slice(1, 0, 2 * units).add(inner.slice(1, 0, 2 * units)));
    Tensor z = gates.slice(1, 0, units);
    Tensor r = gates.slice(1, units, 2 * units);
    Tensor candidate =
        activation.apply(
            outer.slice(1, 2 * units, 3 * units).add(r.mul(inner.slice(1, 2 * units, 3 * units))));
    return new Tensor[] {candidate.add(z.mul(h.sub(candidate)))};
  }
}
