package dev.lanewise.bench.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.tracker.Tracker;
import dev.lanewise.bench.TrainPeer;
import dev.lanewise.bench.TrainStep;
import dev.lanewise.bench.TrainTask;

/** PyTorch's native CPU library, driven through DJL. */
public final class PyTorch implements TrainPeer {
  @Override
  public String name() {
    return "PyTorch";
  }

  @Override
  public void threads(int count) {
    // The engine loads the library that the call below needs.
    Engine.getEngine("PyTorch");
    JniUtils.setNumThreads(count);
  }

  @Override
  public TrainStep step(TrainTask task) {
    return switch (task) {
      case MLP -> classified(task, perceptron(), new Shape(TrainTask.BATCH, 784));
      case CNN -> classified(task, digits(), new Shape(TrainTask.BATCH, 1, 28, 28));
      case LSTM -> forecast();
      case AUTOENCODER -> reconstructed();
      case GAN -> new PyTorchAdversarial();
      case VAE -> PyTorchVariational.step();
    };
  }

  /** A trainer with Adam. */
  static Trainer trainer(Block block, Loss loss, float rate, Shape input) {
    Model model = Model.newInstance("peer", Device.cpu(), "PyTorch");
    model.setBlock(block);
    Adam adam = Adam.builder().optLearningRateTracker(Tracker.fixed(rate)).build();
    Trainer trainer =
        model.newTrainer(
            new DefaultTrainingConfig(loss)
                .optOptimizer(adam)
                .optDevices(new Device[] {Device.cpu()}));
    trainer.initialize(input);
    return trainer;
  }

  private static TrainStep classified(TrainTask task, Block block, Shape input) {
    Trainer trainer = trainer(block, Loss.softmaxCrossEntropyLoss(), TrainTask.RATE, input);
    NDManager manager = trainer.getManager();
    NDArray classes =
        manager.create(task.classes(), new Shape(TrainTask.BATCH, 1)).toType(DataType.INT64, false);
    return PyTorchStep.supervised(trainer, manager.create(task.features(), input), classes);
  }

  private static TrainStep forecast() {
    int[] sample = TrainTask.LSTM.sample();
    Shape input = new Shape(TrainTask.BATCH, sample[0], sample[1]);
    Trainer trainer = trainer(recurrent(), Loss.l2Loss(), TrainTask.RATE, input);
    NDManager manager = trainer.getManager();
    NDArray targets = manager.create(TrainTask.LSTM.targets(), new Shape(TrainTask.BATCH, 1));
    NDArray features = manager.create(TrainTask.LSTM.features(), input);
    return PyTorchStep.supervised(trainer, features, targets);
  }

  private static TrainStep reconstructed() {
    Shape input = new Shape(TrainTask.BATCH, TrainTask.AUTOENCODER.size());
    Trainer trainer = trainer(autoencoder(), Loss.l2Loss(), TrainTask.RATE, input);
    NDArray pictures = trainer.getManager().create(TrainTask.AUTOENCODER.features(), input);
    return PyTorchStep.supervised(trainer, pictures, pictures);
  }

  private static SequentialBlock perceptron() {
    return new SequentialBlock()
        .add(Linear.builder().setUnits(128).build())
        .add(Activation.reluBlock())
        .add(Linear.builder().setUnits(128).build())
        .add(Activation.reluBlock())
        .add(Linear.builder().setUnits(10).build());
  }

  private static SequentialBlock digits() {
    return new SequentialBlock()
        .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(32).build())
        .add(Activation.reluBlock())
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(64).build())
        .add(Activation.reluBlock())
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(64).build())
        .add(Activation.reluBlock())
        .add(Linear.builder().setUnits(10).build());
  }

  private static SequentialBlock recurrent() {
    return new SequentialBlock()
        .add(
            LSTM.builder()
                .setNumLayers(3)
                .setStateSize(128)
                .optBatchFirst(true)
                .optReturnState(false)
                .build())
        .add(
            new LambdaBlock(
                states -> new NDList(states.singletonOrThrow().get(":, -1, :")), "last"))
        .add(Linear.builder().setUnits(1).build());
  }

  private static SequentialBlock autoencoder() {
    return new SequentialBlock()
        .add(Linear.builder().setUnits(32).build())
        .add(Activation.reluBlock())
        .add(Linear.builder().setUnits(784).build())
        .add(Activation.sigmoidBlock());
  }
}
