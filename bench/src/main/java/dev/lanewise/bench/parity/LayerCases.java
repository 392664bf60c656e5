package dev.lanewise.bench.parity;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.TANH;

import dev.lanewise.nn.Network;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.AveragePooling2D;
import dev.lanewise.nn.layer.BatchNormalization;
import dev.lanewise.nn.layer.Bidirectional;
import dev.lanewise.nn.layer.Conv1D;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Conv2DTranspose;
import dev.lanewise.nn.layer.Conv3D;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.DepthwiseConv2D;
import dev.lanewise.nn.layer.Embedding;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.GRU;
import dev.lanewise.nn.layer.GroupNormalization;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.LSTM;
import dev.lanewise.nn.layer.Layer;
import dev.lanewise.nn.layer.LayerNormalization;
import dev.lanewise.nn.layer.MaxPooling2D;
import dev.lanewise.nn.layer.MultiHeadAttention;
import dev.lanewise.nn.layer.Node;
import dev.lanewise.nn.layer.Padding;
import dev.lanewise.nn.layer.RMSNormalization;
import dev.lanewise.nn.layer.SimpleRNN;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.optimizer.SGD;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.op.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Layers whose semantics could differ, each between an input and a dense layer, with gradient
 * descent, which shows a gradient that is wrong by a factor.
 */
final class LayerCases {
  private static final int BATCH = 8;
  private static final int VOCABULARY = 9;
  private static final Input SEQUENCE = Input.of(7, 4);

  private LayerCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    recurrent(cases);
    convolutions(cases);
    volumes(cases);
    transposed(cases);
    pools(cases);
    normalizations(cases);
    attention(cases);
    activations(cases);
    return cases;
  }

  private static void recurrent(List<Case> cases) {
    LSTM lstm = LSTM.of(5);
    add(cases, "LSTM", SEQUENCE, lstm);
    add(cases, "LSTM, sequences", SEQUENCE, lstm.returnSequences(true));
    add(cases, "LSTM, backwards", SEQUENCE, lstm.returnSequences(true).goBackwards(true));
    add(cases, "LSTM, no bias", SEQUENCE, lstm.useBias(false));
    add(cases, "LSTM, two directions", SEQUENCE, Bidirectional.of(lstm.returnSequences(true)));
    GRU gru = GRU.of(5);
    add(cases, "GRU", SEQUENCE, gru);
    add(cases, "GRU, sequences", SEQUENCE, gru.returnSequences(true));
    add(cases, "GRU, backwards", SEQUENCE, gru.returnSequences(true).goBackwards(true));
    add(cases, "GRU, no bias", SEQUENCE, gru.useBias(false));
    add(cases, "GRU, two directions", SEQUENCE, Bidirectional.of(gru));
    add(cases, "SimpleRNN", SEQUENCE, SimpleRNN.of(5).returnSequences(true));
    add(cases, "Embedding", Input.of(6).as(DType.I32), Embedding.of(VOCABULARY, 4));
  }

  private static void convolutions(List<Case> cases) {
    Conv2D conv = Conv2D.of(4, 3);
    add(cases, "Conv2D", Input.of(7, 8, 3), conv);
    add(cases, "Conv2D, groups", Input.of(7, 8, 4), conv.groups(2));
    add(cases, "Conv2D, same", Input.of(7, 8, 3), conv.padding(Padding.SAME));
    Conv2D strided = conv.strides(2).padding(Padding.SAME);
    add(cases, "Conv2D, same, stride 2, odd", Input.of(7, 9, 3), strided);
    add(cases, "Conv2D, same, stride 2, even", Input.of(8, 6, 3), strided);
    add(
        cases,
        "Conv2D, same, 2 x 5, stride 2",
        Input.of(7, 8, 3),
        Conv2D.of(4, 2, 5).strides(2).padding(Padding.SAME));
    add(
        cases,
        "Conv2D, same, dilated",
        Input.of(8, 9, 3),
        Conv2D.of(4, 2, 3).dilation(2).padding(Padding.SAME));
    add(
        cases,
        "DepthwiseConv2D, same, stride 2",
        Input.of(8, 8, 3),
        DepthwiseConv2D.of(3).depthMultiplier(2).strides(2).padding(Padding.SAME));
    add(
        cases,
        "Conv1D, same, stride 2",
        Input.of(8, 3),
        Conv1D.of(4, 3).strides(2).padding(Padding.SAME));
    add(cases, "Conv1D, causal", Input.of(8, 3), Conv1D.of(4, 3).causal(true));
  }

  private static void volumes(List<Case> cases) {
    Conv3D conv = Conv3D.of(4, 2, 3, 2);
    Input volume = Input.of(4, 5, 3, 2);
    add(cases, "Conv3D", volume, conv);
    add(cases, "Conv3D, groups", volume, conv.groups(2));
    add(cases, "Conv3D, stride 2", volume, conv.strides(2));
    add(cases, "Conv3D, dilated", volume, conv.dilation(2));
    Conv3D same = conv.padding(Padding.SAME);
    add(cases, "Conv3D, same", volume, same);
    add(cases, "Conv3D, same, stride 2", volume, same.strides(2));
    add(cases, "Conv3D, same, stride 3 x 2 x 1", volume, same.strides(3, 2, 1));
    add(cases, "Conv3D, same, dilated", volume, same.dilation(2));
  }

  private static void transposed(List<Case> cases) {
    Input image = Input.of(4, 5, 3);
    Conv2DTranspose five = Conv2DTranspose.of(2, 5);
    Conv2DTranspose three = Conv2DTranspose.of(2, 3);
    add(cases, "Conv2DTranspose", image, three);
    add(cases, "Conv2DTranspose, same", image, five.padding(Padding.SAME));
    add(cases, "Conv2DTranspose, stride 2", image, three.strides(2));
    add(cases, "Conv2DTranspose, same 3, stride 2", image, three.strides(2).padding(Padding.SAME));
    add(cases, "Conv2DTranspose, same 5, stride 2", image, five.strides(2).padding(Padding.SAME));
    Conv2DTranspose gaps = Conv2DTranspose.of(2, 2).strides(3);
    add(cases, "Conv2DTranspose, stride 3 over 2", image, gaps);
    add(cases, "Conv2DTranspose, same, 3 over 2", image, gaps.padding(Padding.SAME));
    add(
        cases,
        "Conv2DTranspose, same 4 x 3, 3 x 1",
        image,
        three.window(Window.of(4, 3).stride(3, 1)).padding(Padding.SAME));
  }

  private static void pools(List<Case> cases) {
    Conv2D before = Conv2D.of(4, 3).padding(Padding.SAME);
    Input odd = Input.of(7, 8, 2);
    MaxPooling2D max = MaxPooling2D.of(3).strides(2);
    AveragePooling2D average = AveragePooling2D.of(3).strides(2);
    add(cases, "MaxPooling2D", odd, before, max);
    add(cases, "MaxPooling2D, same", odd, before, max.padding(Padding.SAME));
    add(cases, "AveragePooling2D", odd, before, average);
    add(cases, "AveragePooling2D, same", odd, before, average.padding(Padding.SAME));
  }

  private static void normalizations(List<Case> cases) {
    Input image = Input.of(5, 6, 3);
    Conv2D before = Conv2D.of(4, 3);
    add(cases, "BatchNormalization", image, before, BatchNormalization.of(), RELU);
    add(
        cases,
        "BatchNormalization, momentum 0.8",
        image,
        before,
        BatchNormalization.of().momentum(0.8).epsilon(1e-5),
        RELU);
    add(
        cases,
        "BatchNormalization, of vectors",
        Input.of(6),
        Dense.of(5),
        BatchNormalization.of().momentum(0.9),
        TANH);
    add(cases, "LayerNormalization", SEQUENCE, Dense.of(6), LayerNormalization.of());
    add(cases, "LayerNormalization, two axes", SEQUENCE, LayerNormalization.of().axes(2));
    add(cases, "GroupNormalization", image, before, GroupNormalization.of(2), TANH);
    add(cases, "RMSNormalization", SEQUENCE, Dense.of(6), RMSNormalization.of());
  }

  private static void attention(List<Case> cases) {
    MultiHeadAttention attention = MultiHeadAttention.of(2, 3);
    add(cases, "MultiHeadAttention", SEQUENCE, attention);
    add(cases, "MultiHeadAttention, causal", SEQUENCE, attention.causal(true));
    add(cases, "MultiHeadAttention, no bias", SEQUENCE, attention.useBias(false).outputDim(5));
    Node query = SEQUENCE.node();
    Node value = Input.of(6, 5).node();
    Node key = Input.of(6, 3).node();
    Node seen = attention.valueDim(2).on(query, value, key);
    cases.add(
        of(
            "MultiHeadAttention, query, value, key",
            Network.of(List.of(query, value, key), List.of(closed(seen)))));
    Node mask = Input.of(7, 6).as(DType.BOOL).node();
    Node other = attention.useMask(true).on(query, value, mask);
    cases.add(
        of(
            "MultiHeadAttention, masked",
            Network.of(List.of(query, value, mask), List.of(closed(other)))));
  }

  private static void activations(List<Case> cases) {
    add(cases, "RELU", Input.of(6), Dense.of(8), Activation.RELU);
    add(cases, "SIGMOID", Input.of(6), Dense.of(8), Activation.SIGMOID);
    add(cases, "TANH", Input.of(6), Dense.of(8), Activation.TANH);
    add(cases, "SOFTMAX", Input.of(6), Dense.of(8), Activation.SOFTMAX);
    add(cases, "LOG_SOFTMAX", Input.of(6), Dense.of(8), Activation.LOG_SOFTMAX);
    add(cases, "SOFTPLUS", Input.of(6), Dense.of(8), Activation.SOFTPLUS);
    add(cases, "SOFTSIGN", Input.of(6), Dense.of(8), Activation.SOFTSIGN);
    add(cases, "ELU", Input.of(6), Dense.of(8), Activation.ELU);
    add(cases, "SELU", Input.of(6), Dense.of(8), Activation.SELU);
    add(cases, "GELU", Input.of(6), Dense.of(8), Activation.GELU);
    add(cases, "GELU_TANH", Input.of(6), Dense.of(8), Activation.GELU_TANH);
    add(cases, "SILU", Input.of(6), Dense.of(8), Activation.SILU);
    add(cases, "MISH", Input.of(6), Dense.of(8), Activation.MISH);
    add(cases, "LEAKY_RELU", Input.of(6), Dense.of(8), Activation.LEAKY_RELU);
    Dense wide = Dense.of(8).kernel(Initializer.uniform(-2, 2));
    add(cases, "RELU6", Input.of(6), wide, Activation.RELU6);
    add(cases, "HARD_SIGMOID", Input.of(6), wide, Activation.HARD_SIGMOID);
    add(cases, "HARD_SILU", Input.of(6), wide, Activation.HARD_SILU);
    add(cases, "EXPONENTIAL", Input.of(6), Dense.of(8), TANH, Activation.EXPONENTIAL);
  }

  private static void add(List<Case> cases, String name, Input input, Layer... layers) {
    Node first = input.node();
    Node last = first;
    for (Layer layer : layers) {
      last = layer.on(last);
    }
    cases.add(of(name, Network.of(first, closed(last))));
  }

  /** Two numbers for each sample. */
  private static Node closed(Node node) {
    return Dense.of(2).on(Flatten.of().on(node));
  }

  private static Case of(String name, Network network) {
    return new Case(
        name,
        new Task.Supervised(
            network.named("layers"), MeanSquaredError.of(), SGD.of(0.01).momentum(0.9)),
        random -> batch(network, random));
  }

  private static Batch batch(Network network, SplittableRandom random) {
    List<Values> parts = new ArrayList<>();
    for (Node node : network.inputs()) {
      Input input = (Input) node.layer();
      Shape shape = input.shape().inserted(0, BATCH);
      parts.add(
          DType.I32.equals(input.dtype())
              ? Values.whole(shape, VOCABULARY, random)
              : DType.BOOL.equals(input.dtype())
                  ? visible(shape, random)
                  : Values.normal(shape, random));
    }
    parts.add(Values.normal(Shape.of(BATCH, 2), random));
    return new Batch(parts);
  }

  /** Masks in which two of three places are seen, and of each row the first at least. */
  private static Values visible(Shape shape, SplittableRandom random) {
    long[] next = {0};
    return Values.drawn(
        shape, () -> next[0]++ % shape.extent(-1) == 0 || random.nextInt(3) > 0 ? 1 : 0);
  }
}
