package dev.lanewise.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import dev.lanewise.bench.TrainStep;
import dev.lanewise.bench.TrainTask;

/** The adversarial pair, both updated in every step. */
final class PyTorchAdversarial implements TrainStep {
  private static final Shape NOISE = new Shape(TrainTask.BATCH, TrainTask.NOISE);
  private static final Shape PICTURES = new Shape(TrainTask.BATCH, 1, 28, 28);

  private final Trainer generator;
  private final Trainer discriminator;
  private final TorchScript crossEntropy =
      new TorchScript("x, y", "torch.binary_cross_entropy_with_logits(x, y, None, None, 1)");
  private final NDArray real;
  private final NDArray nearlyOne;
  private final NDArray one;
  private final NDArray zero;

  PyTorchAdversarial() {
    generator = PyTorch.trainer(generator(), Loss.l2Loss(), TrainTask.ADVERSARIAL_RATE, NOISE);
    discriminator =
        PyTorch.trainer(discriminator(), Loss.l2Loss(), TrainTask.ADVERSARIAL_RATE, PICTURES);
    NDManager manager = discriminator.getManager();
    real = manager.create(TrainTask.GAN.features(), PICTURES).mul(2).sub(1);
    one = manager.ones(new Shape(TrainTask.BATCH, 1));
    zero = manager.zeros(new Shape(TrainTask.BATCH, 1));
    nearlyOne = one.mul(0.9f);
  }

  @Override
  public float run() {
    float error;
    try (NDManager scope = discriminator.getManager().newSubManager();
        GradientCollector collector = discriminator.newGradientCollector()) {
      NDArray noise = scope.randomNormal(0, 1, NOISE, DataType.FLOAT32);
      NDList made = generator.forward(new NDList(noise));
      made.attach(scope);
      NDArray apart =
          told(real, nearlyOne).add(told(made.singletonOrThrow().stopGradient(), zero)).mul(0.5f);
      collector.backward(apart);
      error = apart.getFloat();
      discriminator.step();
      collector.backward(told(made.singletonOrThrow(), one));
      generator.step();
    }
    return error;
  }

  private NDArray told(NDArray pictures, NDArray labels) {
    NDList logits = discriminator.forward(new NDList(pictures));
    logits.attach(pictures.getManager());
    return crossEntropy.call(logits.singletonOrThrow(), labels);
  }

  private static SequentialBlock generator() {
    return new SequentialBlock()
        .add(Linear.builder().setUnits(128).build())
        .add(Activation.reluBlock())
        .add(Linear.builder().setUnits(7 * 7 * 256).build())
        .add(Activation.reluBlock())
        .add(
            new LambdaBlock(
                x -> new NDList(x.singletonOrThrow().reshape(-1, 256, 7, 7)), "reshape"))
        .add(new TorchTransposedConvolution(128, 1, false))
        .add(BatchNorm.builder().build())
        .add(Activation.reluBlock())
        .add(new TorchTransposedConvolution(64, 2, true))
        .add(BatchNorm.builder().build())
        .add(Activation.reluBlock())
        .add(new TorchTransposedConvolution(1, 2, true))
        .add(Activation.tanhBlock());
  }

  private static SequentialBlock discriminator() {
    return new SequentialBlock()
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(512).build())
        .add(Activation.reluBlock())
        .add(Linear.builder().setUnits(256).build())
        .add(Activation.reluBlock())
        .add(Linear.builder().setUnits(1).build());
  }

  @Override
  public void close() {
    for (Trainer trainer : new Trainer[] {generator, discriminator}) {
      trainer.close();
      trainer.getModel().close();
    }
  }
}
