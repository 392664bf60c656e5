package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.lanewise.nn.layer.MultiHeadAttention;
import java.util.List;

/** Attention in several heads, by its formula: {@code softmax(q kᵀ / sqrt(keyDim)) v}. */
final class Attention {
  private Attention() {}

  static NDArray apply(MultiHeadAttention attention, List<NDArray> inputs, WeightsInOrder weights) {
    int values = inputs.size() - (attention.useMask() ? 1 : 0);
    boolean biased = attention.useBias();
    NDArray query = heads(inputs.getFirst(), "query", biased, weights);
    NDArray key = heads(inputs.get(values - 1), "key", biased, weights);
    NDArray value = heads(inputs.get(Math.min(1, values - 1)), "value", biased, weights);
    NDArray scores =
        query.matMul(key.transpose(0, 1, 3, 2)).div(Math.sqrt((double) attention.keyDim()));
    if (attention.causal()) {
      scores = seen(scores, past(scores));
    }
    if (attention.useMask()) {
      scores = seen(scores, inputs.getLast().expandDims(1));
    }
    NDArray weighted = scores.softmax(-1).matMul(value).transpose(0, 2, 1, 3);
    NDArray kernel = weights.next("attention_output.kernel");
    NDArray bias = weights.next("attention_output.bias", biased);
    Shape shape = kernel.getShape();
    NDArray flat = weighted.reshape(weighted.getShape().get(0), weighted.getShape().get(1), -1);
    NDArray y = flat.matMul(kernel.reshape(-1, shape.get(2)));
    return bias == null ? y : y.add(bias);
  }

  /** {@code [n, t, d]} through a kernel {@code [d, heads, k]} to {@code [n, heads, t, k]}. */
  private static NDArray heads(NDArray x, String name, boolean biased, WeightsInOrder weights) {
    NDArray kernel = weights.next(name + ".kernel");
    NDArray bias = weights.next(name + ".bias", biased);
    Shape shape = kernel.getShape();
    NDArray product = x.matMul(kernel.reshape(shape.get(0), -1));
    NDArray y =
        product.reshape(x.getShape().get(0), x.getShape().get(1), shape.get(1), shape.get(2));
    return (bias == null ? y : y.add(bias)).transpose(0, 2, 1, 3);
  }

  private static NDArray seen(NDArray scores, NDArray mask) {
    NDArray never = scores.stopGradient().onesLike().mul(Double.NEGATIVE_INFINITY);
    return Torch.where(mask.broadcast(scores.getShape()), scores, never);
  }

  /** True where the key's place is not behind the query's. */
  private static NDArray past(NDArray scores) {
    long queries = scores.getShape().get(2);
    long keys = scores.getShape().get(3);
    NDArray query = scores.getManager().arange((int) queries).reshape(queries, 1);
    NDArray key = scores.getManager().arange((int) keys).reshape(1, keys);
    return key.lte(query).toType(DataType.BOOLEAN, false);
  }
}
