package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.JniUtils;
import dev.lanewise.bench.parity.Batch;
import dev.lanewise.bench.parity.Side;
import dev.lanewise.bench.parity.Task;
import dev.lanewise.bench.parity.Values;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A task in PyTorch: its operators compute forwards, its autograd backwards. */
final class TorchTraining implements Side.Training {
  private final Task task;
  private final NDManager manager;
  private final List<TorchNetwork> networks = new ArrayList<>();
  private final List<TorchDescent> descents = new ArrayList<>();

  TorchTraining(Task task, Map<String, Values> start, NDManager manager) {
    this.task = task;
    this.manager = manager;
    for (Network network : task.networks()) {
      TorchNetwork made = new TorchNetwork(network, start, manager);
      networks.add(made);
      descents.add(new TorchDescent(task.optimizer(), made.trained(), manager));
    }
  }

  @Override
  public double[] step(Batch batch) {
    try (NDManager scope = lent()) {
      return switch (task) {
        case Task.Supervised supervised -> supervisedStep(supervised, batch, scope);
        case Task.Adversarial _ -> adversarialStep(batch, scope);
        case Task.Variational _ -> variationalStep(batch, scope);
      };
    }
  }

  /** A manager for one step, to which everything that lives longer is lent. */
  private NDManager lent() {
    NDManager scope = manager.newSubManager();
    networks.forEach(network -> network.weights().values().forEach(w -> w.tempAttach(scope)));
    descents.forEach(descent -> descent.lend(scope));
    JniUtils.setGradMode(true);
    return scope;
  }

  private double[] supervisedStep(Task.Supervised supervised, Batch batch, NDManager scope) {
    TorchNetwork network = networks.getFirst();
    NDArray prediction = network.call(inputs(batch.withoutLast(), scope), true).getFirst();
    NDArray labels = network.array(batch.part(-1), scope);
    NDArray loss = Losses.mean(supervised.loss(), labels, prediction);
    backward(loss);
    descents.forEach(TorchDescent::step);
    return new double[] {number(loss)};
  }

  private double[] adversarialStep(Batch batch, NDManager scope) {
    TorchNetwork generator = networks.get(0);
    NDArray real = generator.array(batch.part(0), scope);
    NDArray made = generator.call(generator.array(batch.part(1), scope), true);
    NDArray apart = told(real, Task.Adversarial.REAL).add(told(made.stopGradient(), 0)).div(2.0);
    backward(apart);
    descents.get(1).step();
    JniUtils.setGradMode(true);
    NDArray fooled = told(made, 1);
    backward(fooled);
    descents.get(0).step();
    return new double[] {number(apart), number(fooled)};
  }

  private NDArray told(NDArray pictures, double label) {
    NDArray said = networks.get(1).call(pictures, true);
    NDArray labels = said.stopGradient().onesLike().mul(label);
    return Losses.mean(BinaryCrossentropy.of(), labels, said);
  }

  private double[] variationalStep(Batch batch, NDManager scope) {
    TorchNetwork encoder = networks.get(0);
    NDArray pictures = encoder.array(batch.part(0), scope);
    List<NDArray> latent = encoder.call(List.of(pictures), true);
    NDArray mean = latent.get(0);
    NDArray logVar = latent.get(1);
    NDArray normal = encoder.array(batch.part(1), scope);
    NDArray logits = networks.get(1).call(mean.add(logVar.div(2.0).exp().mul(normal)), true);
    double samples = pictures.getShape().get(0);
    NDArray crossed = Torch.softplus(logits).sub(pictures.mul(logits)).sum();
    NDArray divergence = logVar.add(1.0).sub(mean.square()).sub(logVar.exp()).sum().div(-2.0);
    NDArray loss = crossed.add(divergence).div(samples);
    backward(loss);
    descents.forEach(TorchDescent::step);
    return new double[] {number(loss)};
  }

  /** The gradients of this loss alone, for all weights; nothing is recorded after that. */
  private void backward(NDArray loss) {
    JniUtils.setGradMode(false);
    networks.forEach(network -> network.trained().values().forEach(TorchTraining::clearGradient));
    JniUtils.backward(Torch.of(loss), Torch.of(loss.onesLike()), false, false);
  }

  private static void clearGradient(NDArray weight) {
    JniUtils.zeroGrad(Torch.of(weight));
  }

  private List<NDArray> inputs(Batch batch, NDManager scope) {
    List<NDArray> inputs = new ArrayList<>();
    for (int i = 0; i < batch.parts().size(); i++) {
      inputs.add(networks.getFirst().input(i, batch.part(i), scope));
    }
    return inputs;
  }

  /** The value of a scalar. */
  static double number(NDArray scalar) {
    return scalar.toType(DataType.FLOAT64, false).toDoubleArray()[0];
  }

  @Override
  public Map<String, Values> weights() {
    Map<String, Values> weights = new LinkedHashMap<>();
    for (int i = 0; i < networks.size(); i++) {
      String prefix = task.networks().get(i).name() + ".";
      networks.get(i).weights().forEach((name, w) -> weights.put(prefix + name, values(w)));
      descents.get(i).averages().forEach((name, w) -> weights.put(prefix + name, values(w)));
    }
    return weights;
  }

  private static Values values(NDArray array) {
    return Values.of(
        Shape.of(array.getShape().getShape()),
        array.toType(DataType.FLOAT64, false).toDoubleArray());
  }

  @Override
  public Values[] predict(Batch inputs) {
    try (NDManager scope = lent()) {
      JniUtils.setGradMode(false);
      return networks.getFirst().call(inputs(inputs, scope), false).stream()
          .map(TorchTraining::values)
          .toArray(Values[]::new);
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
