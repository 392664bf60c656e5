package dev.lanewise.bench.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.tracker.Tracker;
import dev.lanewise.bench.TrainPeer;

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
  public TrainStep digits(int batch, float[] pixels, int[] labels) {
    Model model = Model.newInstance("digits", Device.cpu(), "PyTorch");
    model.setBlock(network());
    Trainer trainer =
        model.newTrainer(
            new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(Adam.builder().optLearningRateTracker(Tracker.fixed(1e-3f)).build())
                .optDevices(new Device[] {Device.cpu()}));
    trainer.initialize(new Shape(batch, 1, 28, 28));
    NDManager manager = trainer.getManager();
    NDList images = new NDList(manager.create(pixels, new Shape(batch, 1, 28, 28)));
    NDList targets =
        new NDList(
            manager
                .create(labels, new Shape(batch, 1))
                .toType(ai.djl.ndarray.types.DataType.INT64, false));
    return new Step(model, trainer, images, targets);
  }

  private static SequentialBlock network() {
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

  private record Step(Model model, Trainer trainer, NDList images, NDList targets)
      implements TrainStep {
    @Override
    public float run() {
      float loss;
      try (NDManager scope = trainer.getManager().newSubManager();
          GradientCollector collector = trainer.newGradientCollector()) {
        NDList outputs = trainer.forward(images);
        outputs.attach(scope);
        NDList losses = new NDList(trainer.getLoss().evaluate(targets, outputs));
        losses.attach(scope);
        collector.backward(losses.singletonOrThrow());
        loss = losses.singletonOrThrow().getFloat();
      }
      trainer.step();
      return loss;
    }

    @Override
    public void close() {
      trainer.close();
      model.close();
    }
  }
}
