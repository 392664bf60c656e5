package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.GradCheck;
import dev.lanewise.tensor.graph.CompiledModel;
import dev.lanewise.tensor.graph.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every layer keeps: output shapes as it says, weights of these names and shapes, gradients
 * that are the slopes, the same bits compiled, and weights that are saved and read by name.
 */
class LayerContractTest {
  private static final long BATCH = 2;

  @TempDir Path directory;

  /** A layer, its inputs, the shape it gives, and its weights as {@code name [shape]}. */
  record Case(Layer layer, List<Input> inputs, Shape output, List<String> weights) {
    static Case of(Layer layer, Input input, Shape output, String... weights) {
      return new Case(layer, List.of(input), output, List.of(weights));
    }

    static Case of(Layer layer, List<Input> inputs, Shape output, String... weights) {
      return new Case(layer, inputs, output, List.of(weights));
    }

    Network network(DType dtype) {
      List<Node> nodes = inputs.stream().map(Input::node).toList();
      Node result = layer.named("it").on(nodes.toArray(Node[]::new));
      return Network.of(nodes, List.of(result)).dtype(dtype).seed(3);
    }

    /** Normal values, or classes 0, 1, 2, or bits, in a scope. */
    List<Tensor> samples(Model model, Scope scope) {
      List<Tensor> samples = new ArrayList<>();
      for (Spec input : model.inputs()) {
        long[] extents = new long[input.shape().rank() + 1];
        extents[0] = BATCH;
        System.arraycopy(input.shape().extents(), 0, extents, 1, input.shape().rank());
        Shape shape = Shape.of(extents);
        if (input.dtype().isFloating()) {
          samples.add(scope.normal(input.dtype(), shape, new Philox(samples.size(), 1)));
        } else {
          int kinds = input.dtype().equals(DType.BOOL) ? 2 : 3;
          Tensor numbers = scope.empty(input.dtype(), Shape.of(shape.size()));
          for (int i = 0; i < shape.size(); i++) {
            numbers.set(i * 7 % 5 % kinds, i);
          }
          samples.add(numbers.reshape(shape));
        }
      }
      return samples;
    }

    @Override
    public String toString() {
      return layer + " of " + inputs;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    cases.addAll(normalizations());
    cases.addAll(attention());
    cases.addAll(convolutions());
    cases.addAll(pools());
    cases.addAll(recurrences());
    cases.addAll(others());
    return cases;
  }

  private static List<Case> normalizations() {
    return List.of(
        Case.of(Embedding.of(3, 4), Input.of(5).as(DType.I32), Shape.of(5, 4), "embeddings [3, 4]"),
        Case.of(
            Embedding.of(3, 4).maskZero(true),
            Input.of(5).as(DType.I32),
            Shape.of(5, 4),
            "embeddings [3, 4]"),
        Case.of(Masking.of(), Input.of(3, 4), Shape.of(3, 4)),
        Case.of(LayerNormalization.of(), Input.of(3, 4), Shape.of(3, 4), "gamma [4]", "beta [4]"),
        Case.of(
            LayerNormalization.of().axes(2).scale(false),
            Input.of(3, 4),
            Shape.of(3, 4),
            "beta [3, 4]"),
        Case.of(LayerNormalization.of().center(false), Input.of(4), Shape.of(4), "gamma [4]"),
        Case.of(RMSNormalization.of(), Input.of(3, 4), Shape.of(3, 4), "scale [4]"),
        Case.of(
            GroupNormalization.of(2),
            Input.of(2, 3, 4),
            Shape.of(2, 3, 4),
            "gamma [4]",
            "beta [4]"),
        Case.of(
            GroupNormalization.of(-1).center(false).scale(false), Input.of(5, 2), Shape.of(5, 2)));
  }

  private static final String[] ATTENTION = {
    "query.kernel [4, 2, 3]",
    "query.bias [2, 3]",
    "key.kernel [4, 2, 3]",
    "key.bias [2, 3]",
    "value.kernel [4, 2, 3]",
    "value.bias [2, 3]",
    "attention_output.kernel [2, 3, 4]",
    "attention_output.bias [4]"
  };

  private static final String[] ENCODER = {
    "self_attention.query.kernel [4, 2, 2]",
    "self_attention.query.bias [2, 2]",
    "self_attention.key.kernel [4, 2, 2]",
    "self_attention.key.bias [2, 2]",
    "self_attention.value.kernel [4, 2, 2]",
    "self_attention.value.bias [2, 2]",
    "self_attention.attention_output.kernel [2, 2, 4]",
    "self_attention.attention_output.bias [4]",
    "self_attention_layer_norm.gamma [4]",
    "self_attention_layer_norm.beta [4]",
    "feedforward_intermediate_dense.kernel [4, 5]",
    "feedforward_intermediate_dense.bias [5]",
    "feedforward_output_dense.kernel [5, 4]",
    "feedforward_output_dense.bias [4]",
    "feedforward_layer_norm.gamma [4]",
    "feedforward_layer_norm.beta [4]"
  };

  private static List<Case> attention() {
    Input query = Input.of(3, 4);
    Input mask = Input.of(3, 3).as(DType.BOOL);
    MultiHeadAttention attention = MultiHeadAttention.of(2, 3);
    TransformerEncoder encoder = TransformerEncoder.of(5, 2).activation(Activation.TANH);
    return List.of(
        Case.of(attention, query, Shape.of(3, 4), ATTENTION),
        Case.of(attention.causal(true).dropout(0.3), query, Shape.of(3, 4), ATTENTION),
        Case.of(attention.useMask(true), List.of(query, mask), Shape.of(3, 4), ATTENTION),
        Case.of(
            attention.useMask(true),
            List.of(query, query, Input.of(3).as(DType.BOOL)),
            Shape.of(3, 4),
            ATTENTION),
        Case.of(
            attention.useBias(false).valueDim(2).outputDim(7),
            List.of(query, Input.of(5, 6), Input.of(5, 1)),
            Shape.of(3, 7),
            "query.kernel [4, 2, 3]",
            "key.kernel [1, 2, 3]",
            "value.kernel [6, 2, 2]",
            "attention_output.kernel [2, 2, 7]"),
        Case.of(encoder.dropout(0.2), query, Shape.of(3, 4), ENCODER),
        Case.of(encoder.normalizeFirst(true).causal(true), query, Shape.of(3, 4), ENCODER),
        Case.of(encoder.useMask(true), List.of(query, mask), Shape.of(3, 4), ENCODER),
        Case.of(PositionalEmbedding.of(5), query, Shape.of(3, 4), "position_embeddings [5, 4]"));
  }

  private static List<Case> convolutions() {
    Input sequence = Input.of(7, 4);
    Input image = Input.of(5, 4, 2);
    Input volume = Input.of(4, 5, 3, 2);
    return List.of(
        Case.of(Conv1D.of(6, 3), sequence, Shape.of(5, 6), "kernel [3, 4, 6]", "bias [6]"),
        Case.of(
            Conv1D.of(6, 3).padding(Padding.SAME).strides(2).groups(2).useBias(false),
            sequence,
            Shape.of(4, 6),
            "kernel [3, 2, 6]"),
        Case.of(
            Conv1D.of(2, 3).causal(true).dilation(2).activation(Activation.TANH),
            sequence,
            Shape.of(7, 2),
            "kernel [3, 4, 2]",
            "bias [2]"),
        Case.of(
            Conv3D.of(6, 2, 3, 2),
            volume,
            Shape.of(3, 3, 2, 6),
            "kernel [2, 3, 2, 2, 6]",
            "bias [6]"),
        Case.of(
            Conv3D.of(4, 3).padding(Padding.SAME).strides(2).groups(2).useBias(false),
            volume,
            Shape.of(2, 3, 2, 4),
            "kernel [3, 3, 3, 1, 4]"),
        Case.of(
            DepthwiseConv2D.of(3, 2).depthMultiplier(3),
            image,
            Shape.of(3, 3, 6),
            "kernel [3, 2, 2, 3]",
            "bias [6]"),
        Case.of(
            DepthwiseConv2D.of(3).padding(Padding.SAME).strides(2).useBias(false),
            image,
            Shape.of(3, 2, 2),
            "kernel [3, 3, 2, 1]"),
        Case.of(
            SeparableConv2D.of(5, 3).depthMultiplier(2).padding(Padding.SAME),
            image,
            Shape.of(5, 4, 5),
            "depthwise_kernel [3, 3, 2, 2]",
            "pointwise_kernel [1, 1, 4, 5]",
            "bias [5]"),
        Case.of(
            SeparableConv2D.of(3, 2).useBias(false).dilation(2).activation(Activation.SIGMOID),
            image,
            Shape.of(3, 2, 3),
            "depthwise_kernel [2, 2, 2, 1]",
            "pointwise_kernel [1, 1, 2, 3]"));
  }

  private static List<Case> pools() {
    Input sequence = Input.of(7, 3);
    Input image = Input.of(5, 4, 2);
    return List.of(
        Case.of(MaxPooling1D.of(2), sequence, Shape.of(3, 3)),
        Case.of(MaxPooling1D.of(3).strides(2).padding(Padding.SAME), sequence, Shape.of(4, 3)),
        Case.of(AveragePooling1D.of(3).strides(1), sequence, Shape.of(5, 3)),
        Case.of(GlobalMaxPooling1D.of(), sequence, Shape.of(3)),
        Case.of(GlobalMaxPooling1D.of().keepDims(true), sequence, Shape.of(1, 3)),
        Case.of(GlobalMaxPooling2D.of(), image, Shape.of(2)),
        Case.of(GlobalMaxPooling2D.of().keepDims(true), image, Shape.of(1, 1, 2)),
        Case.of(GlobalAveragePooling1D.of(), sequence, Shape.of(3)),
        Case.of(GlobalAveragePooling1D.of().keepDims(true), sequence, Shape.of(1, 3)),
        Case.of(GlobalAveragePooling2D.of(), image, Shape.of(2)),
        Case.of(GlobalAveragePooling2D.of().keepDims(true), image, Shape.of(1, 1, 2)));
  }

  private static List<Case> recurrences() {
    Input sequence = Input.of(3, 2);
    Input state = Input.of(2);
    String[] gru = {"kernel [2, 6]", "recurrent_kernel [2, 6]", "bias [2, 6]"};
    String[] lstm = {"kernel [2, 8]", "recurrent_kernel [2, 8]", "bias [8]"};
    GRU before = GRU.of(2).resetAfter(false);
    return List.of(
        Case.of(LSTM.of(2), List.of(sequence, state, state), Shape.of(2), lstm),
        Case.of(LSTM.of(2).dropout(0.4).recurrentDropout(0.4), sequence, Shape.of(2), lstm),
        Case.of(
            GRU.of(2).returnSequences(true).goBackwards(true),
            List.of(sequence, state),
            Shape.of(3, 2),
            gru),
        Case.of(GRU.of(2).recurrentDropout(0.4), List.of(sequence, state), Shape.of(2), gru),
        Case.of(before, List.of(sequence, state), Shape.of(2), gru[0], gru[1], "bias [6]"),
        Case.of(before.useBias(false).recurrentDropout(0.4), sequence, Shape.of(2), gru[0], gru[1]),
        Case.of(
            SimpleRNN.of(2).recurrentDropout(0.4).returnSequences(true),
            List.of(sequence, state),
            Shape.of(3, 2),
            "kernel [2, 2]",
            "recurrent_kernel [2, 2]",
            "bias [2]"),
        Case.of(
            Bidirectional.of(SimpleRNN.of(2)),
            List.of(sequence, state, state),
            Shape.of(4),
            "forward_layer.kernel [2, 2]",
            "forward_layer.recurrent_kernel [2, 2]",
            "forward_layer.bias [2]",
            "backward_layer.kernel [2, 2]",
            "backward_layer.recurrent_kernel [2, 2]",
            "backward_layer.bias [2]"));
  }

  private static List<Case> others() {
    Input sequence = Input.of(3, 4);
    Input image = Input.of(3, 4, 2);
    UpSampling2D bilinear =
        UpSampling2D.of(2, 3).interpolation(UpSampling2D.Interpolation.BILINEAR);
    return List.of(
        Case.of(ZeroPadding2D.of(1, 2, 0, 3), image, Shape.of(6, 7, 2)),
        Case.of(Cropping2D.of(1, 0, 2, 1), image, Shape.of(2, 1, 2)),
        Case.of(UpSampling2D.of(2, 3), image, Shape.of(6, 12, 2)),
        Case.of(bilinear, image, Shape.of(6, 12, 2)),
        Case.of(Permute.of(3, 1, 2), image, Shape.of(2, 3, 4)),
        Case.of(SpatialDropout1D.of(0.4), sequence, Shape.of(3, 4)),
        Case.of(SpatialDropout2D.of(0.4), image, Shape.of(3, 4, 2)),
        Case.of(GaussianNoise.of(0.3), sequence, Shape.of(3, 4)),
        Case.of(GaussianDropout.of(0.3), sequence, Shape.of(3, 4)),
        Case.of(PReLU.of(), sequence, Shape.of(3, 4), "alpha [3, 4]"),
        Case.of(PReLU.of().sharedAxes(1, 2), image, Shape.of(3, 4, 2), "alpha [1, 1, 2]"),
        Case.of(Activation.HARD_SIGMOID, sequence, Shape.of(3, 4)),
        Case.of(Activation.HARD_SILU, sequence, Shape.of(3, 4)),
        Case.of(Activation.MISH, sequence, Shape.of(3, 4)),
        Case.of(Activation.SOFTSIGN, sequence, Shape.of(3, 4)),
        Case.of(Activation.RELU6, sequence, Shape.of(3, 4)),
        Case.of(Activation.GELU_TANH, sequence, Shape.of(3, 4)),
        Case.of(Activation.LOG_SOFTMAX, sequence, Shape.of(3, 4)),
        Case.of(Activation.softmax(1), sequence, Shape.of(3, 4)));
  }

  private static List<String> weights(Model model) {
    return model.parameters().stream()
        .map(weight -> weight.name().substring("it.".length()) + " " + weight.tensor().shape())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesWhatItSays(Case tested) {
    try (Model model = tested.network(DType.F32).build();
        Scope scope = model.scope().child("test")) {
      assertEquals(tested.weights(), weights(model));
      assertEquals(List.of(tested.output()), model.outputs());
      List<Tensor> samples = tested.samples(model, scope);
      Tensor y = model.call(samples, Pass.inference()).getFirst();
      assertEquals(tested.output(), y.shape().without(0));
      assertEquals(
          y.shape(), model.call(samples, Pass.training(new Philox(1, 1))).getFirst().shape());
      try (CompiledModel compiled = model.compiled((int) BATCH);
          Session session = compiled.session()) {
        for (int i = 0; i < samples.size(); i++) {
          samples.get(i).copyInto(session.input(i));
        }
        session.run();
        assertArrayEquals(y.toFloats(), session.output(0).toFloats());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hasTheGradientsThatAreItsSlopes(Case tested) {
    try (Model model = tested.network(DType.F64).build();
        Scope scope = model.scope().child("test")) {
      List<Tensor> operands = new ArrayList<>();
      for (Tensor sample : tested.samples(model, scope)) {
        operands.add(sample.dtype().isFloating() ? sample.tracked() : sample);
      }
      int inputs = operands.size();
      for (Parameter weight : model.trained()) {
        nudge(weight);
        operands.add(weight.tensor());
      }
      Tensor[] all = operands.toArray(Tensor[]::new);
      GradCheck.of(given -> call(model, given, inputs, Pass.inference())).check(all);
      GradCheck.of(given -> call(model, given, inputs, Pass.training(new Philox(1, 1)))).check(all);
    }
  }

  /** Zeros are no test of a gradient. */
  private static void nudge(Parameter weight) {
    try (Scope scope = weight.tensor().scope().child("nudge")) {
      Tensor value = weight.tensor().untracked().in(scope);
      weight.assign(value.add(scope.normal(DType.F64, value.shape(), new Philox(9, 1)).mul(0.2)));
    }
  }

  private static Tensor call(Model model, Tensor[] given, int inputs, Pass pass) {
    return model.call(Arrays.asList(given).subList(0, inputs), pass).getFirst();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isReadByName(Case tested) throws IOException {
    Path file = directory.resolve("it.safetensors");
    Network network = tested.network(DType.F32);
    try (Model model = network.build();
        Scope scope = model.scope().child("test")) {
      model.save(file);
      float[] expected =
          model.call(tested.samples(model, scope), Pass.inference()).getFirst().toFloats();
      try (Model read = network.seed(4).read(file);
          Scope other = read.scope().child("test")) {
        Tensor y = read.call(tested.samples(read, other), Pass.inference()).getFirst();
        assertArrayEquals(expected, y.toFloats());
      }
    }
  }
}
