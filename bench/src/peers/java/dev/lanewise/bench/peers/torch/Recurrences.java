package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.recurrent.RNN;
import ai.djl.pytorch.jni.JniUtils;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.Bidirectional;
import dev.lanewise.nn.layer.GRU;
import dev.lanewise.nn.layer.LSTM;
import dev.lanewise.nn.layer.RecurrentLayer;
import dev.lanewise.nn.layer.SimpleRNN;

/**
 * Recurrent layers by PyTorch's own operators for them: its kernels are the transposes of Keras',
 * it has two biases that are added, and its gates have an order of their own.
 */
final class Recurrences {
  private Recurrences() {}

  /**
   * Output of a layer.
   *
   * @param x sequences {@code [n, t, in]}
   * @param inOrder whether all states of a layer that goes backwards are put into the places of
   *     their inputs
   */
  static NDArray apply(
      RecurrentLayer<?> layer, NDArray x, WeightsInOrder weights, boolean inOrder) {
    NDArray read = layer.goBackwards() ? x.flip(1) : x;
    NDArray states =
        switch (layer) {
          case LSTM lstm -> lstm(lstm, read, weights);
          case GRU gru -> gru(gru, read, weights);
          case SimpleRNN plain -> plain(plain, read, weights);
          default -> throw new IllegalArgumentException("parity: no translation of " + layer);
        };
    if (!layer.returnSequences()) {
      long last = states.getShape().get(1) - 1;
      return states.get(":, " + last);
    }
    return layer.goBackwards() && inOrder ? states.flip(1) : states;
  }

  static NDArray apply(Bidirectional both, NDArray x, WeightsInOrder weights) {
    NDArray ahead = apply(both.forward(), x, weights, true);
    NDArray back = apply(both.backward(), x, weights, true);
    return switch (both.merge()) {
      case CONCAT -> ahead.concat(back, -1);
      case SUM -> ahead.add(back);
      case MUL -> ahead.mul(back);
      case AVE -> ahead.add(back).div(2.0);
      case NONE -> throw new IllegalArgumentException("parity: one output expected of " + both);
    };
  }

  /** Gates i, f, g, o in both. */
  private static NDArray lstm(LSTM lstm, NDArray x, WeightsInOrder weights) {
    require(lstm.settings().activation().equals(Activation.TANH));
    require(lstm.recurrentActivation().equals(Activation.SIGMOID));
    NDList given = new NDList(weights.next("kernel").transpose());
    given.add(weights.next("recurrent_kernel").transpose());
    if (lstm.settings().useBias()) {
      NDArray bias = weights.next("bias");
      given.add(bias);
      given.add(bias.stopGradient().zerosLike());
    }
    NDList states = new NDList(zeros(x, lstm.units()), zeros(x, lstm.units()));
    return JniUtils.lstm(
            Torch.of(x), states, given, lstm.settings().useBias(), 1, 0, true, false, true)
        .getFirst();
  }

  /** Gates z, r, h in Keras; r, z, n in PyTorch, whose n is reset after the product. */
  private static NDArray gru(GRU gru, NDArray x, WeightsInOrder weights) {
    require(gru.settings().activation().equals(Activation.TANH));
    require(gru.recurrentActivation().equals(Activation.SIGMOID));
    require(gru.resetAfter());
    NDList given = new NDList(resetFirst(weights.next("kernel").transpose(), gru.units()));
    given.add(resetFirst(weights.next("recurrent_kernel").transpose(), gru.units()));
    if (gru.settings().useBias()) {
      NDArray biases = weights.next("bias");
      given.add(resetFirst(biases.get(0), gru.units()));
      given.add(resetFirst(biases.get(1), gru.units()));
    }
    NDArray start = zeros(x, gru.units());
    return JniUtils.gru(
            Torch.of(x), Torch.of(start), given, gru.settings().useBias(), 1, 0, true, false, true)
        .getFirst();
  }

  private static NDArray resetFirst(NDArray gates, long units) {
    NDArray z = gates.get("0:" + units);
    NDArray r = gates.get(units + ":" + 2 * units);
    NDArray h = gates.get(2 * units + ":" + 3 * units);
    return NDArrays.concat(new NDList(r, z, h));
  }

  private static NDArray plain(SimpleRNN plain, NDArray x, WeightsInOrder weights) {
    require(plain.settings().activation().equals(Activation.TANH));
    NDList given = new NDList(weights.next("kernel").transpose());
    given.add(weights.next("recurrent_kernel").transpose());
    if (plain.settings().useBias()) {
      NDArray bias = weights.next("bias");
      given.add(bias);
      given.add(bias.stopGradient().zerosLike());
    }
    NDArray start = zeros(x, plain.units());
    RNN.Activation tanh = RNN.Activation.TANH;
    return JniUtils.rnn(
            Torch.of(x),
            Torch.of(start),
            given,
            plain.settings().useBias(),
            1,
            tanh,
            0,
            true,
            false,
            true)
        .getFirst();
  }

  private static NDArray zeros(NDArray x, long units) {
    return x.getManager().zeros(new Shape(1, x.getShape().get(0), units), x.getDataType());
  }

  private static void require(boolean known) {
    if (!known) {
      throw new IllegalArgumentException(
          "parity: PyTorch's recurrences have fixed activations and resets");
    }
  }
}
