package dev.lanewise.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import dev.lanewise.bench.TrainStep;

/** Features in, a loss against labels out. */
final class PyTorchSupervised implements TrainStep {
  private final Trainer trainer;
  private final NDList features;
  private final NDList labels;

  PyTorchSupervised(Trainer trainer, NDArray features, NDArray labels) {
    this.trainer = trainer;
    this.features = new NDList(features);
    this.labels = new NDList(labels);
  }

  @Override
  public float run() {
    float loss;
    try (NDManager scope = trainer.getManager().newSubManager();
        GradientCollector collector = trainer.newGradientCollector()) {
      NDList outputs = trainer.forward(features);
      outputs.attach(scope);
      NDArray error = trainer.getLoss().evaluate(labels, outputs);
      error.attach(scope);
      collector.backward(error);
      loss = error.getFloat();
    }
    trainer.step();
    return loss;
  }

  @Override
  public void close() {
    trainer.close();
    trainer.getModel().close();
  }
}
