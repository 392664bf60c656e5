package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Elu;
import dev.lanewise.tensor.op.LeakyRelu;
import dev.lanewise.tensor.op.Ops;

/**
 * A function of the values that a layer has computed; also a layer of its own. Input and output:
 * any shape.
 */
@FunctionalInterface
public interface Activation extends Layer {
  /** {@code x}. */
  Activation LINEAR = x -> x;

  /** {@code max(x, 0)}. */
  Activation RELU = Tensor::relu;

  /** {@code 1 / (1 + e^-x)}. */
  Activation SIGMOID = Tensor::sigmoid;

  /** The hyperbolic tangent. */
  Activation TANH = Tensor::tanh;

  /** {@code e^x} over its sum along the last axis. */
  Activation SOFTMAX = x -> x.softmax(-1);

  /** {@code x} where positive, else {@code e^x - 1}. */
  Activation ELU = elu(1);

  /** The self-normalising {@link #ELU}. */
  Activation SELU = x -> x.apply(Ops.SELU);

  /** {@code x * P(X <= x)} for a standard normal X. */
  Activation GELU = x -> x.apply(Ops.GELU);

  /** {@code x * sigmoid(x)}, also called swish. */
  Activation SILU = x -> x.apply(Ops.SILU);

  /** {@code log(1 + e^x)}. */
  Activation SOFTPLUS = x -> x.apply(Ops.SOFTPLUS);

  /** {@code e^x}. */
  Activation EXPONENTIAL = Tensor::exp;

  /** {@code x} where positive, else {@code 0.2 x}: Keras' slope. */
  Activation LEAKY_RELU = leakyRelu(0.2);

  /** Applies the function. */
  Tensor apply(Tensor x);

  /** {@code x} where positive, else {@code alpha (e^x - 1)}. */
  static Activation elu(double alpha) {
    Elu elu = new Elu(alpha);
    return x -> x.apply(elu);
  }

  /** {@code x} where positive, else {@code slope * x}. */
  static Activation leakyRelu(double slope) {
    LeakyRelu leakyRelu = new LeakyRelu(slope);
    return x -> x.apply(leakyRelu);
  }

  @Override
  default Block build(Weights weights, Shape input) {
    return Block.of(input, (x, _) -> apply(x));
  }

  @Override
  default String type() {
    return "Activation";
  }
}
