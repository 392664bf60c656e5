package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Affine;
import dev.lanewise.tensor.op.Clip;
import dev.lanewise.tensor.op.Elu;
import dev.lanewise.tensor.op.Gelu;
import dev.lanewise.tensor.op.LeakyRelu;
import dev.lanewise.tensor.op.Ops;
import dev.lanewise.tensor.op.Softmax;

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

  /** {@link #GELU} with the distribution approximated by a hyperbolic tangent. */
  Activation GELU_TANH = with(new Gelu(Gelu.Form.TANH));

  /** The logarithm of {@link #SOFTMAX}. */
  Activation LOG_SOFTMAX = x -> x.logSoftmax(-1);

  /** {@code x} between 0 and 6, else the nearer of them. */
  Activation RELU6 = with(new Clip(0, 6));

  /** {@code x / 6 + 1/2} between 0 and 1, else the nearer of them. */
  Activation HARD_SIGMOID = Activation::hardSigmoid;

  /** {@code x} times {@link #HARD_SIGMOID}, also called hard swish (Howard et al. 2019). */
  Activation HARD_SILU = x -> x.mul(hardSigmoid(x));

  /** {@code x tanh(log(1 + e^x))} (Misra 2019). */
  Activation MISH = x -> x.mul(x.apply(Ops.SOFTPLUS).tanh());

  /** {@code x / (1 + |x|)}. */
  Activation SOFTSIGN = x -> x.div(x.apply(Ops.ABS).add(1));

  /** Applies the function. */
  Tensor apply(Tensor x);

  /** {@code x} where positive, else {@code alpha (e^x - 1)}. */
  static Activation elu(double alpha) {
    return with(new Elu(alpha));
  }

  /** {@code x} where positive, else {@code slope * x}. */
  static Activation leakyRelu(double slope) {
    return with(new LeakyRelu(slope));
  }

  /** {@code e^x} over its sum along an axis of the batch, from the end where negative. */
  static Activation softmax(int axis) {
    return with(new Softmax(axis));
  }

  private static Activation with(Op op) {
    return x -> x.apply(op);
  }

  private static Tensor hardSigmoid(Tensor x) {
    return new Affine(1.0 / 6, 0.5).apply(x).apply(new Clip(0, 1));
  }

  @Override
  default Block build(Weights weights, Shape input) {
    return Block.of(input, (x, _) -> apply(x)).keepingMask();
  }

  @Override
  default String type() {
    return "Activation";
  }
}
