package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Constraint;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Regularizer;
import dev.lanewise.nn.weight.WeightPolicy;
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
 * @param kernel how the kernel is made and held
 * @param bias how the bias is made and held
 */
public record Dense(
    long units, Activation activation, boolean useBias, WeightPolicy kernel, WeightPolicy bias)
    implements Layer {
  /** Checks that there are units. */
  public Dense {
    if (units < 1) {
      throw new IllegalArgumentException("dense: at least one unit, not " + units);
    }
  }

  /** Linear, with a bias of zeros and a kernel after Glorot. */
  public static Dense of(long units) {
    return new Dense(
        units,
        Activation.LINEAR,
        true,
        WeightPolicy.of(Initializer.GLOROT_UNIFORM),
        WeightPolicy.of(Initializer.ZEROS));
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
    return kernel(kernel.initializer(other));
  }

  /** This layer with another policy for the kernel. */
  public Dense kernel(WeightPolicy other) {
    return new Dense(units, activation, useBias, other, bias);
  }

  /** This layer with a price on the kernel. */
  public Dense kernelRegularizer(Regularizer other) {
    return kernel(kernel.regularizer(other));
  }

  /** This layer with the kernel held to a constraint. */
  public Dense kernelConstraint(Constraint other) {
    return kernel(kernel.constraint(other));
  }

  /** This layer with another initialiser of the bias. */
  public Dense bias(Initializer other) {
    return bias(bias.initializer(other));
  }

  /** This layer with another policy for the bias. */
  public Dense bias(WeightPolicy other) {
    return new Dense(units, activation, useBias, kernel, other);
  }

  /** This layer with a price on the bias. */
  public Dense biasRegularizer(Regularizer other) {
    return bias(bias.regularizer(other));
  }

  /** This layer with the bias held to a constraint. */
  public Dense biasConstraint(Constraint other) {
    return bias(bias.constraint(other));
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
                        : product.apply(x, matrix.with(x), offset.with(x))))
        .keepingMask();
  }
}
