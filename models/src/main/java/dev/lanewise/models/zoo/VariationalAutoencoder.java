package dev.lanewise.models.zoo;

import static dev.lanewise.nn.layer.Activation.RELU;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.data.Batches;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Node;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A variational autoencoder of pictures of 784 pixels (Kingma and Welling 2014): an encoder to the
 * mean and the logarithm of the variance of a normal distribution over 20 latent numbers, and a
 * decoder from a sample of it to the pixels' probabilities. An open training loop.
 *
 * <p>The loss is the negative evidence lower bound in nats per picture: the cross entropy of the
 * pixels, summed, and the divergence of the latent distribution from the standard normal one,
 * {@code -1/2 sum(1 + logVar - mean^2 - e^logVar)}.
 */
public final class VariationalAutoencoder implements AutoCloseable {
  /** Pixels of a picture. */
  public static final int PIXELS = 784;

  /** Latent numbers. */
  public static final int LATENT = 20;

  private static final int HIDDEN = 400;

  private final Model encoder;
  private final Model decoder;
  private final Descent descent;
  private final Philox random;
  private long steps;

  /** A fresh one. */
  public VariationalAutoencoder(long seed) {
    this(seed, Engine.standard());
  }

  /** A fresh one that computes on an engine of the caller's. */
  public VariationalAutoencoder(long seed, Engine engine) {
    encoder = encoder().seed(seed).engine(engine).build();
    decoder = decoder().seed(seed).engine(engine).build();
    List<Parameter> weights = new ArrayList<>(encoder.trained());
    weights.addAll(decoder.trained());
    descent = Adam.of(1e-3).on(weights, encoder.scope());
    random = new Philox(seed, 2);
  }

  /** From a picture to {@code z_mean} and {@code z_log_var}. */
  public static Network encoder() {
    Node picture = Input.of(PIXELS).node();
    Node hidden = Dense.of(HIDDEN).activation(RELU).on(picture);
    return Network.of(
            List.of(picture),
            List.of(
                Dense.of(LATENT).named("z_mean").on(hidden),
                Dense.of(LATENT).named("z_log_var").on(hidden)))
        .named("encoder");
  }

  /** From latent numbers to the logits of the pixels. */
  public static Network decoder() {
    return Sequential.of(Input.of(LATENT), Dense.of(HIDDEN).activation(RELU), Dense.of(PIXELS))
        .named("decoder");
  }

  /**
   * Trains on every picture once, in an order of its own, in batches.
   *
   * @return the mean negative bound over the epoch
   */
  public double train(DataSet pictures, int batch) {
    double sum = 0;
    try (Scope scope = encoder.scope().child("epoch")) {
      Batches batches = new Batches(pictures, batch, scope);
      batches.order().shuffle(random.substream(steps));
      for (long index = 0; index < batches.count(); index++) {
        batches.read(index);
        try (Scope step = scope.child("step")) {
          sum += step(batches.features(index, step)) * batches.rows(index);
        }
      }
    }
    return sum / pictures.size();
  }

  /**
   * One step on pictures {@code [n, 784]} between 0 and 1; returns the negative bound before it.
   */
  public double step(Tensor pictures) {
    Tensor loss = loss(pictures, random.substream(~steps++));
    descent.step(loss);
    return loss.value();
  }

  /** The mean negative bound on a set, in nats per picture, with one latent sample each. */
  public double evaluate(DataSet pictures) {
    double sum = 0;
    try (Scope scope = encoder.scope().child("evaluate")) {
      Batches batches = new Batches(pictures, 100, scope);
      for (long index = 0; index < batches.count(); index++) {
        batches.read(index);
        try (Scope step = scope.child("step")) {
          Tensor loss = loss(batches.features(index, step), new Philox(index, 3));
          sum += loss.value() * batches.rows(index);
        }
      }
    }
    return sum / pictures.size();
  }

  private Tensor loss(Tensor pictures, Philox noise) {
    List<Tensor> latent = encoder.call(List.of(pictures), Pass.training(noise));
    Tensor mean = latent.get(0);
    Tensor logVar = latent.get(1);
    Tensor normal = pictures.scope().normal(DType.F32, mean.shape(), noise);
    Tensor z = mean.add(logVar.mul(0.5).exp().mul(normal));
    Tensor logits = decoder.call(z, Pass.training(noise));
    Tensor pixels = BinaryCrossentropy.of().fromLogits(true).apply(pictures, logits).mul(PIXELS);
    Tensor divergence = logVar.add(1).sub(mean.square()).sub(logVar.exp()).sum();
    return pixels.sub(divergence.mul(0.5 / pictures.extent(0)));
  }

  /** What the decoder makes of latent numbers, a row each: probabilities of the pixels. */
  public float[][] decode(float[][] latent) {
    float[][] logits = decoder.predict(latent);
    for (float[] picture : logits) {
      for (int i = 0; i < picture.length; i++) {
        picture[i] = (float) (1 / (1 + Math.exp(-picture[i])));
      }
    }
    return logits;
  }

  /** The means of the latent distributions of pictures, a row each. */
  public float[][] encode(float[][] pictures) {
    float[][] means = new float[pictures.length][LATENT];
    try (Scope scope = encoder.scope().child("encode")) {
      for (int i = 0; i < pictures.length; i++) {
        Tensor picture = scope.tensor(dev.lanewise.tensor.Shape.of(1, PIXELS), pictures[i]);
        encoder.call(List.of(picture), Pass.inference()).getFirst().copyTo(means[i]);
      }
    }
    return means;
  }

  /** The encoder, for {@code save} and {@code load}. */
  public Model encoderModel() {
    return encoder;
  }

  /** The decoder, for {@code save} and {@code load}. */
  public Model decoderModel() {
    return decoder;
  }

  @Override
  public void close() {
    decoder.close();
    encoder.close();
  }
}
