package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
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
import dev.lanewise.nn.layer.GroupNormalization;
import dev.lanewise.nn.layer.Layer;
import dev.lanewise.nn.layer.LayerNormalization;
import dev.lanewise.nn.layer.MaxPooling2D;
import dev.lanewise.nn.layer.MultiHeadAttention;
import dev.lanewise.nn.layer.Named;
import dev.lanewise.nn.layer.RMSNormalization;
import dev.lanewise.nn.layer.RecurrentLayer;
import dev.lanewise.nn.layer.Reshape;
import java.util.List;

/** What Keras' layers compute, said in PyTorch's operators. */
final class Layers {
  private Layers() {}

  /**
   * A layer's output.
   *
   * @param inputs in the layout of Keras, channels last
   * @throws IllegalArgumentException if there is no translation of the layer
   */
  static NDArray apply(Layer layer, List<NDArray> inputs, WeightsInOrder weights) {
    NDArray x = inputs.getFirst();
    return switch (layer) {
      case Named named -> apply(named.layer(), inputs, weights);
      case Dense dense -> dense(dense, x, weights);
      case Embedding _ ->
          JniUtils.embedding(Torch.of(x), Torch.of(weights.next("embeddings")), false);
      case Flatten _ -> x.reshape(x.getShape().get(0), -1);
      case Reshape reshape ->
          x.reshape(new Shape(x.getShape().get(0)).addAll(new Shape(reshape.extents())));
      case Conv2D conv -> Images.convolution(conv, x, weights);
      case DepthwiseConv2D conv -> Images.convolution(conv, x, weights);
      case Conv1D conv -> Images.convolution(conv, x, weights);
      case Conv3D conv -> Images.convolution(conv, x, weights);
      case Conv2DTranspose conv -> Images.transposed(conv, x, weights);
      case MaxPooling2D pool -> Images.pool(pool, x);
      case AveragePooling2D pool -> Images.pool(pool, x);
      case RecurrentLayer<?> recurrent -> Recurrences.apply(recurrent, x, weights, false);
      case Bidirectional both -> Recurrences.apply(both, x, weights);
      case BatchNormalization norm -> Normalizations.apply(norm, x, weights);
      case LayerNormalization norm -> Normalizations.apply(norm, x, weights);
      case GroupNormalization norm -> Normalizations.apply(norm, x, weights);
      case RMSNormalization norm -> Normalizations.apply(norm, x, weights);
      case MultiHeadAttention attention -> Attention.apply(attention, inputs, weights);
      case Activation activation -> Activations.apply(activation, x);
      default -> throw new IllegalArgumentException("parity: no translation of " + layer);
    };
  }

  private static NDArray dense(Dense dense, NDArray x, WeightsInOrder weights) {
    NDArray product = x.matMul(weights.next("kernel"));
    NDArray sum = dense.useBias() ? product.add(weights.next("bias")) : product;
    return Activations.apply(dense.activation(), sum);
  }
}
