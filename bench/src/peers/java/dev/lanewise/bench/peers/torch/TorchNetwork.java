package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.lanewise.bench.parity.Values;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Node;
import dev.lanewise.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A network with weights as PyTorch tensors, in the layout of Keras. */
final class TorchNetwork {
  private final Network network;
  private final DataType dtype;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();

  /**
   * With weights from {@code start}, those whose names begin with the network's.
   *
   * @param manager of the weights
   */
  TorchNetwork(Network network, Map<String, Values> start, NDManager manager) {
    this.network = network;
    this.dtype = network.dtype().equals(DType.F64) ? DataType.FLOAT64 : DataType.FLOAT32;
    String prefix = network.name() + ".";
    start.forEach(
        (name, values) -> {
          if (name.startsWith(prefix)) {
            NDArray weight = array(values, manager);
            weight.setRequiresGradient(!isBuffer(name));
            weights.put(name.substring(prefix.length()), weight);
          }
        });
  }

  private static boolean isBuffer(String name) {
    return name.endsWith(".moving_mean") || name.endsWith(".moving_variance");
  }

  /** Numbers in the network's precision. */
  NDArray array(Values values, NDManager manager) {
    NDArray wide = manager.create(values.numbers(), new Shape(values.shape().extents()));
    return wide.toType(dtype, false);
  }

  /** Numbers in the type of the network's input. */
  NDArray input(int place, Values values, NDManager manager) {
    DType asked = ((Input) network.inputs().get(place).layer()).dtype();
    NDArray given = array(values, manager);
    return DType.BOOL.equals(asked)
        ? given.toType(DataType.BOOLEAN, false)
        : DType.I32.equals(asked) ? given.toType(DataType.INT64, false) : given;
  }

  /** All weights and buffers, layer by layer. */
  Map<String, NDArray> weights() {
    return weights;
  }

  /** Those that training changes. */
  Map<String, NDArray> trained() {
    Map<String, NDArray> trained = new LinkedHashMap<>(weights);
    trained.keySet().removeIf(TorchNetwork::isBuffer);
    return trained;
  }

  /** All outputs. */
  List<NDArray> call(List<NDArray> inputs, boolean training) {
    WeightsInOrder pass = new WeightsInOrder(weights, training);
    Map<Object, NDArray> known = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      known.put(network.inputs().get(i).application(), inputs.get(i));
    }
    List<NDArray> outputs = new ArrayList<>();
    for (Node output : network.outputs()) {
      outputs.add(value(output, known, pass));
    }
    return outputs;
  }

  /** The only output for the only input. */
  NDArray call(NDArray x, boolean training) {
    return call(List.of(x), training).getFirst();
  }

  /** Inputs first, in the order in which layers are built. */
  private static NDArray value(Node node, Map<Object, NDArray> known, WeightsInOrder pass) {
    NDArray before = known.get(node.application());
    if (before != null) {
      return before;
    }
    List<NDArray> inputs = new ArrayList<>();
    for (Node input : node.inputs()) {
      inputs.add(value(input, known, pass));
    }
    NDArray made = Layers.apply(node.layer(), inputs, pass);
    known.put(node.application(), made);
    return made;
  }
}
