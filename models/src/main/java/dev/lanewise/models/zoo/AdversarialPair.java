package dev.lanewise.models.zoo;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.TANH;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.Checkpoint;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.data.Batches;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.BatchNormalization;
import dev.lanewise.nn.layer.Conv2DTranspose;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Padding;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.layer.Reshape;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A generative adversarial network (Goodfellow et al. 2014): a generator of pictures, 28 by 28,
 * from noise, and a discriminator that tells them from real ones, trained in turn. An open training
 * loop.
 *
 * <p>Pictures stand between -1 and 1 inside. What the two learn, and when the faster learner waits,
 * is an {@link AdversarialGoal}.
 */
public final class AdversarialPair implements AutoCloseable {
  /** Numbers of noise that a picture is made from. */
  public static final int NOISE = 100;

  private final Model generator;
  private final Model discriminator;
  private final Descent generatorDescent;
  private final Descent discriminatorDescent;
  private final AdversarialGoal goal;
  private final Philox random;
  private long steps;

  /** What a step gave: both losses before it, and who waited. */
  public record Step(
      double discriminatorLoss,
      double generatorLoss,
      boolean discriminatorWaited,
      boolean generatorWaited) {}

  /**
   * What an epoch gave.
   *
   * @param discriminatorLoss mean over its steps
   * @param generatorLoss mean over its steps
   * @param discriminatorWaited steps in which the discriminator was ahead and waited
   * @param generatorWaited steps in which the generator did
   * @param steps of the epoch
   */
  public record Epoch(
      double discriminatorLoss,
      double generatorLoss,
      long discriminatorWaited,
      long generatorWaited,
      long steps) {}

  /** A fresh pair that is kept in balance by the cross entropy. */
  public AdversarialPair(long seed) {
    this(seed, AdversarialGoal.CrossEntropy.balanced());
  }

  /** A fresh pair with a goal. */
  public AdversarialPair(long seed, AdversarialGoal goal) {
    this(seed, goal, Engine.standard());
  }

  /** A fresh pair with a goal that computes on an engine of the caller's. */
  public AdversarialPair(long seed, AdversarialGoal goal, Engine engine) {
    this.goal = goal;
    generator = generator().seed(seed).engine(engine).build();
    discriminator = goal.discriminator().seed(seed + 1).engine(engine).build();
    generatorDescent = goal.optimizer().on(generator.trained(), generator.scope());
    discriminatorDescent = goal.optimizer().on(discriminator.trained(), discriminator.scope());
    random = new Philox(seed, 4);
  }

  /** From noise to pictures between -1 and 1. */
  public static Network generator() {
    return Sequential.of(
            Input.of(NOISE),
            Dense.of(128).activation(RELU),
            Dense.of(7 * 7 * 256).activation(RELU),
            Reshape.of(7, 7, 256),
            Conv2DTranspose.of(128, 5).padding(Padding.SAME).useBias(false),
            BatchNormalization.of(),
            RELU,
            Conv2DTranspose.of(64, 5).strides(2).padding(Padding.SAME),
            BatchNormalization.of(),
            RELU,
            Conv2DTranspose.of(1, 5).strides(2).padding(Padding.SAME).activation(TANH))
        .named("generator");
  }

  /** Trains on every picture, between 0 and 1, once. */
  public Epoch train(DataSet pictures, int batch) {
    double discriminatorSum = 0;
    double generatorSum = 0;
    long discriminatorWaited = 0;
    long generatorWaited = 0;
    long before = steps;
    try (Scope scope = generator.scope().child("epoch")) {
      Batches batches = new Batches(pictures, batch, scope);
      batches.order().shuffle(random.substream(steps));
      for (long index = 0; index < batches.count(); index++) {
        batches.read(index);
        try (Scope scopeOfStep = scope.child("step")) {
          Step step = step(batches.features(index, scopeOfStep).mul(2).sub(1));
          discriminatorSum += step.discriminatorLoss();
          generatorSum += step.generatorLoss();
          discriminatorWaited += step.discriminatorWaited() ? 1 : 0;
          generatorWaited += step.generatorWaited() ? 1 : 0;
        }
      }
    }
    long made = steps - before;
    return new Epoch(
        discriminatorSum / made, generatorSum / made, discriminatorWaited, generatorWaited, made);
  }

  /** One step of both on real pictures {@code [n, 28, 28, 1]} between -1 and 1. */
  public Step step(Tensor real) {
    Philox ofStep = random.substream(~steps);
    Pass pass = Pass.training(ofStep.substream(1));
    UnaryOperator<Tensor> judge = pictures -> discriminator.call(pictures, pass);
    Shape noises = Shape.of(real.extent(0), NOISE);
    Tensor made = generator.call(real.scope().normal(real.dtype(), noises, ofStep), pass);

    Tensor apart = goal.apart(judge, real, made.untracked(), ofStep.substream(2));
    boolean discriminatorWaits = goal.discriminatorWaits(apart.value());
    if (!discriminatorWaits) {
      discriminatorDescent.step(apart);
    }

    Tensor fooled = goal.fooled(judge, made);
    boolean generatorWaits = goal.generatorWaits(steps, fooled.value());
    if (!generatorWaits) {
      generatorDescent.step(fooled);
    }
    steps++;
    return new Step(apart.value(), fooled.value(), discriminatorWaits, generatorWaits);
  }

  /** Pictures between 0 and 1, a row each, from the noise of a stream. */
  public float[][] sample(int count, Philox stream) {
    float[][] noise = new float[count][NOISE];
    for (int i = 0; i < count; i++) {
      Philox row = stream.substream(i);
      for (int j = 0; j < NOISE; j++) {
        noise[i][j] = (float) row.normal(j);
      }
    }
    float[][] pictures = generator.predict(noise);
    for (float[] picture : pictures) {
      for (int i = 0; i < picture.length; i++) {
        picture[i] = (picture[i] + 1) / 2;
      }
    }
    return pictures;
  }

  /**
   * Writes everything that training goes on from.
   *
   * @param epochs how many there have been
   */
  public void save(Path path, long epochs) throws IOException {
    checkpoint(path).write(Map.of("epochs", epochs, "steps", steps));
  }

  /**
   * Goes on from a file that {@link #save} wrote, bit for bit as if there had been no interruption.
   *
   * @return how many epochs there have been
   * @throws IOException if the file cannot be read or is no checkpoint
   * @throws IllegalArgumentException if it is one of another network
   */
  public long restore(Path path) throws IOException {
    Map<String, Long> counts = checkpoint(path).restore();
    steps = counts.getOrDefault("steps", 0L);
    return counts.getOrDefault("epochs", 0L);
  }

  private Checkpoint checkpoint(Path path) {
    return Checkpoint.of(path)
        .model("generator", generator, generatorDescent)
        .model("discriminator", discriminator, discriminatorDescent);
  }

  /** The generator, for {@code save} and {@code load}. */
  public Model generatorModel() {
    return generator;
  }

  /** The discriminator, for {@code save} and {@code load}. */
  public Model discriminatorModel() {
    return discriminator;
  }

  @Override
  public void close() {
    discriminator.close();
    generator.close();
  }
}
