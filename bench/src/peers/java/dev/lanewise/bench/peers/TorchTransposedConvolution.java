package dev.lanewise.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** PyTorch's {@code conv_transpose2d}, 5 by 5, whose output is the stride times as large. */
final class TorchTransposedConvolution extends AbstractBlock {
  private final int filters;
  private final int stride;
  private final Parameter weight;
  private final Parameter bias;
  private final TorchScript function;

  TorchTransposedConvolution(int filters, int stride, boolean hasBias) {
    this.filters = filters;
    this.stride = stride;
    weight =
        addParameter(Parameter.builder().setName("weight").setType(Parameter.Type.WEIGHT).build());
    bias =
        hasBias
            ? addParameter(Parameter.builder().setName("bias").setType(Parameter.Type.BIAS).build())
            : null;
    function =
        new TorchScript(
            hasBias ? "x, w, b" : "x, w",
            "torch.conv_transpose2d(x, w, %s, [%d, %d], [2, 2], [%d, %d], 1, [1, 1])"
                .formatted(hasBias ? "b" : "None", stride, stride, stride - 1, stride - 1));
  }

  @Override
  public void prepare(Shape[] inputs) {
    weight.setShape(new Shape(inputs[0].get(1), filters, 5, 5));
    if (bias != null) {
      bias.setShape(new Shape(filters));
    }
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> options) {
    NDArray x = inputs.singletonOrThrow();
    NDArray w = store.getValue(weight, x.getDevice(), training);
    return new NDList(
        bias == null
            ? function.call(x, w)
            : function.call(x, w, store.getValue(bias, x.getDevice(), training)));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputs) {
    Shape in = inputs[0];
    return new Shape[] {new Shape(in.get(0), filters, in.get(2) * stride, in.get(3) * stride)};
  }

  @Override
  protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {}
}
