package dev.lanewise.models.zoo;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SIGMOID;
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
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Padding;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.layer.Reshape;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A generative adversarial network (Goodfellow et al. 2014): a generator of pictures, 28 by 28,
 * from noise, and a discriminator that tells them from real ones, trained in turn. An open training
 * loop.
 *
 * <p>Pictures stand between -1 and 1 inside. The two are kept in balance: whichever has learned so
 * well that the other gets no useful gradient waits for a step.
 */
public final class AdversarialPair implements AutoCloseable {
  /** Numbers of noise that a picture is made from. */
  public static final int NOISE = 100;

  /** Loss of the discriminator below which it waits: the mean over real and made pictures. */
  private static final double DISCRIMINATOR_AHEAD = 0.4;

  /** Loss of the generator below which it waits. */
  private static final double GENERATOR_AHEAD = 0.5;

  /** What the discriminator is told of real pictures: less than one keeps its logits finite. */
  private static final double REAL = 0.9;

  private static final BinaryCrossentropy LOSS = BinaryCrossentropy.of();

  private final Model generator;
  private final Model discriminator;
  private final Descent generatorDescent;
  private final Descent discriminatorDescent;
  private final Philox random;
  private long steps;

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

  /** A fresh pair. */
  public AdversarialPair(long seed) {
    generator = generator().seed(seed).build();
    discriminator = discriminator().seed(seed + 1).build();
    Adam adam = Adam.of(2e-4).betas(0.5, 0.999);
    generatorDescent = adam.on(generator.trained(), generator.scope());
    discriminatorDescent = adam.on(discriminator.trained(), discriminator.scope());
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

  /** From pictures to the probability that they are real. */
  public static Network discriminator() {
    return Sequential.of(
            Input.of(28, 28, 1),
            Flatten.of(),
            Dense.of(512).activation(RELU),
            Dense.of(256).activation(RELU),
            Dense.of(1).activation(SIGMOID))
        .named("discriminator");
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
        try (Scope step = scope.child("step")) {
          Tensor real = batches.features(index, step).mul(2).sub(1);
          Philox ofStep = random.substream(~steps++);
          Pass pass = Pass.training(ofStep.substream(1));
          Tensor noise = step.normal(real.dtype(), Shape.of(real.extent(0), NOISE), ofStep);
          Tensor made = generator.call(noise, pass);

          Tensor apart = told(real, REAL, pass).add(told(made.untracked(), 0, pass)).mul(0.5);
          discriminatorSum += apart.value();
          if (apart.value() > DISCRIMINATOR_AHEAD) {
            discriminatorDescent.step(Gradients.of(apart));
          } else {
            discriminatorWaited++;
          }

          Tensor fooled = told(made, 1, pass);
          generatorSum += fooled.value();
          if (fooled.value() > GENERATOR_AHEAD) {
            generatorDescent.step(Gradients.of(fooled));
          } else {
            generatorWaited++;
          }
        }
      }
    }
    long made = steps - before;
    return new Epoch(
        discriminatorSum / made, generatorSum / made, discriminatorWaited, generatorWaited, made);
  }

  /** The discriminator's loss if these pictures were real to this degree. */
  private Tensor told(Tensor pictures, double real, Pass pass) {
    Tensor labels = pictures.scope().full(pictures.dtype(), Shape.of(pictures.extent(0), 1), real);
    return LOSS.apply(labels, discriminator.call(pictures, pass));
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
