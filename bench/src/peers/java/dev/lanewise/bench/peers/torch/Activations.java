package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.lanewise.nn.layer.Activation;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Activations in PyTorch's operators, and by their formulas where it has none. */
final class Activations {
  private static final Map<Activation, UnaryOperator<NDArray>> ALL =
      Map.ofEntries(
          Map.entry(Activation.LINEAR, x -> x),
          Map.entry(Activation.RELU, Torch::relu),
          Map.entry(Activation.SIGMOID, Torch::sigmoid),
          Map.entry(Activation.TANH, NDArray::tanh),
          Map.entry(Activation.SOFTMAX, x -> x.softmax(-1)),
          Map.entry(Activation.LOG_SOFTMAX, x -> x.logSoftmax(-1)),
          Map.entry(Activation.SOFTPLUS, Torch::softplus),
          Map.entry(Activation.SOFTSIGN, x -> JniUtils.softSign(Torch.of(x))),
          Map.entry(Activation.EXPONENTIAL, NDArray::exp),
          Map.entry(Activation.ELU, x -> JniUtils.elu(Torch.of(x), 1)),
          Map.entry(Activation.SELU, x -> JniUtils.selu(Torch.of(x))),
          Map.entry(Activation.GELU, x -> JniUtils.gelu(Torch.of(x))),
          Map.entry(Activation.GELU_TANH, Activations::geluTanh),
          Map.entry(Activation.SILU, x -> x.mul(Torch.sigmoid(x))),
          Map.entry(Activation.MISH, x -> x.mul(Torch.softplus(x).tanh())),
          Map.entry(Activation.LEAKY_RELU, x -> JniUtils.leakyRelu(Torch.of(x), 0.2)),
          Map.entry(Activation.RELU6, x -> x.clip(0.0, 6.0)),
          Map.entry(Activation.HARD_SIGMOID, Activations::hardSigmoid),
          Map.entry(Activation.HARD_SILU, x -> x.mul(hardSigmoid(x))));

  private Activations() {}

  static NDArray apply(Activation activation, NDArray x) {
    UnaryOperator<NDArray> function = ALL.get(activation);
    if (function == null) {
      throw new IllegalArgumentException("parity: no translation of the activation " + activation);
    }
    return function.apply(x);
  }

  private static NDArray hardSigmoid(NDArray x) {
    return x.div(6.0).add(0.5).clip(0.0, 1.0);
  }

  /** {@code x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))}. */
  private static NDArray geluTanh(NDArray x) {
    NDArray inner = x.add(x.pow(3.0).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
    return x.mul(0.5).mul(inner.tanh().add(1.0));
  }
}
