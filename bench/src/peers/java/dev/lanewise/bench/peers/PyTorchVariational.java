package dev.lanewise.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.util.PairList;
import dev.lanewise.bench.TrainStep;
import dev.lanewise.bench.TrainTask;

/** The variational autoencoder: gives logits, mean and logarithm of the variance. */
final class PyTorchVariational extends AbstractBlock {
  private final Block hidden = dense("hidden", 400);
  private final Block mean = dense("mean", TrainTask.LATENT);
  private final Block logVariance = dense("logVariance", TrainTask.LATENT);
  private final Block decoded = dense("decoded", 400);
  private final Block pixels = dense("pixels", 784);

  /** A step against the negative evidence lower bound. */
  static TrainStep step() {
    Shape input = new Shape(TrainTask.BATCH, TrainTask.VAE.size());
    Trainer trainer =
        PyTorch.trainer(new PyTorchVariational(), Loss.l2Loss(), TrainTask.RATE, input);
    NDArray pictures = trainer.getManager().create(TrainTask.VAE.features(), input);
    TorchScript crossEntropy =
        new TorchScript("x, y", "torch.binary_cross_entropy_with_logits(x, y, None, None, 2)");
    return new PyTorchStep(
        trainer,
        new NDList(pictures),
        outputs -> {
          NDArray mean = outputs.get(1);
          NDArray logVariance = outputs.get(2);
          NDArray pixels = crossEntropy.call(outputs.get(0), pictures);
          NDArray divergence =
              logVariance.add(1).sub(mean.square()).sub(logVariance.exp()).sum().mul(0.5f);
          return pixels.sub(divergence).div(TrainTask.BATCH);
        });
  }

  private Block dense(String name, int units) {
    return addChildBlock(name, Linear.builder().setUnits(units).build());
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> options) {
    NDList x = Activation.relu(hidden.forward(store, inputs, training));
    NDArray m = mean.forward(store, x, training).singletonOrThrow();
    NDArray v = logVariance.forward(store, x, training).singletonOrThrow();
    NDArray noise = m.getManager().randomNormal(0, 1, m.getShape(), DataType.FLOAT32);
    NDList z = new NDList(m.add(v.mul(0.5f).exp().mul(noise)));
    NDList logits =
        pixels.forward(store, Activation.relu(decoded.forward(store, z, training)), training);
    return new NDList(logits.singletonOrThrow(), m, v);
  }

  @Override
  protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
    Shape latent = new Shape(TrainTask.BATCH, TrainTask.LATENT);
    Shape wide = new Shape(TrainTask.BATCH, 400);
    hidden.initialize(manager, type, shapes);
    mean.initialize(manager, type, wide);
    logVariance.initialize(manager, type, wide);
    decoded.initialize(manager, type, latent);
    pixels.initialize(manager, type, wide);
  }

  @Override
  public Shape[] getOutputShapes(Shape[] shapes) {
    Shape latent = new Shape(TrainTask.BATCH, TrainTask.LATENT);
    return new Shape[] {new Shape(TrainTask.BATCH, 784), latent, latent};
  }
}
