package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.op.MatMulBias;
import dev.lanewise.tensor.op.Ops;

/**
 * {@code activation(x kernel + bias)} over the last axis. Input: {@code [..., in]}. Output: {@code
 * [..., units]}. Weights: {@code kernel [in, units]}, {@code bias [units]}. Keras' {@code Dense}.
 *
 * @param units extent of the output's last axis
 * @param activation applied at the end
 * @param useBias whether there is a bias
 * @param kernel makes the kernel
 * @param bias makes the bias
 */
public record Dense(
    long units, Activation activation, boolean useBias, Initializer kernel, Initializer bias)
    implements Layer {
  /** Checks that there are units. */
  public Dense {
    if (units < 1) {
      throw new IllegalArgumentException("dense: at least one unit, not " + units);
    }
  }

  /** Linear, with a bias of zeros and a kernel after Glorot. */
  public static Dense of(long units) {
    return new Dense(units, Activation.LINEAR, true, Initializer.GLOROT_UNIFORM, Initializer.ZEROS);
  }

  /** This layer with another activation. */
  public Dense activation(Activation other) {
    return new Dense(units, other, useBias, kernel, bias);
  }

  /** This layer with or without a bias. */
  public Dense useBias(boolean wanted) {
    return new Dense(units, activation, wanted, kernel, bias);
  }

  /** This layer with another initialiser of the kernel. */
  public Dense kernel(Initializer other) {
    return new Dense(units, activation, useBias, other, bias);
  }

  /** This layer with another initialiser of the bias. */
  public Dense bias(Initializer other) {
    return new Dense(units, activation, useBias, kernel, other);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    if (input.rank() == 0) {
      throw error("at least one axis expected", input);
    }
    Parameter matrix = weights.weight("kernel", Shape.of(input.extent(-1), units), kernel);
    Parameter offset = useBias ? weights.weight("bias", Shape.of(units), bias) : null;
    boolean fused = offset != null && activation.equals(Activation.RELU);
    Op product = offset == null ? Ops.MATMUL : new MatMulBias(fused);
    Activation rest = fused ? Activation.LINEAR : activation;
    return Block.of(
        input.with(-1, units),
        (x, _) ->
            rest.apply(
                offset == null
                    ? product.apply(x, matrix.with(x))
                    : product.apply(x, matrix.with(x), offset.with(x))));
  }
}
