package dev.lanewise.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import dev.lanewise.bench.TrainStep;
import java.util.function.Function;

/**
 * A step of one network.
 *
 * @param error what is made smaller, of the network's outputs
 */
record PyTorchStep(Trainer trainer, NDList inputs, Function<NDList, NDArray> error)
    implements TrainStep {
  /** Features in, the trainer's loss against labels out. */
  static PyTorchStep supervised(Trainer trainer, NDArray features, NDArray labels) {
    NDList wanted = new NDList(labels);
    return new PyTorchStep(
        trainer, new NDList(features), outputs -> trainer.getLoss().evaluate(wanted, outputs));
  }

  @Override
  public float run() {
    float loss;
    try (NDManager scope = trainer.getManager().newSubManager();
        GradientCollector collector = trainer.newGradientCollector()) {
      NDList outputs = trainer.forward(inputs);
      outputs.attach(scope);
      NDArray found = error.apply(outputs);
      found.attach(scope);
      collector.backward(found);
      loss = found.getFloat();
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
