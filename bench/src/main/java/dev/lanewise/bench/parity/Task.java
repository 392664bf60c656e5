package dev.lanewise.bench.parity;

import dev.lanewise.nn.Network;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.optimizer.Optimizer;
import dev.lanewise.tensor.DType;
import java.util.List;

/** What both sides train: networks and the rule of one step. */
public sealed interface Task {
  /** The networks; names of weights begin with the network's name and a dot. */
  List<Network> networks();

  /** The rule, one of its own at work for each network, or one for all. */
  Optimizer optimizer();

  /** The same task in another precision. */
  Task dtype(DType other);

  /** The type of weights and activations. */
  default DType dtype() {
    return networks().getFirst().dtype();
  }

  /**
   * One step against a loss. A batch: the inputs, then the labels. Losses: one.
   *
   * @param network the network, of one output
   * @param loss of its output
   */
  record Supervised(Network network, Loss loss, Optimizer optimizer) implements Task {
    @Override
    public List<Network> networks() {
      return List.of(network);
    }

    @Override
    public Supervised dtype(DType other) {
      return new Supervised(network.dtype(other), loss, optimizer);
    }
  }

  /**
   * A step of the discriminator on real and made pictures, then one of the generator, both by the
   * binary cross entropy: {@code (loss(D(real), 0.9) + loss(D(G(noise)), 0)) / 2}, then {@code
   * loss(D(G(noise)), 1)}; neither ever waits for the other. A batch: real pictures, noise. Losses:
   * two.
   *
   * @param generator from noise to pictures
   * @param discriminator from pictures to the probability that they are real
   */
  record Adversarial(Network generator, Network discriminator, Optimizer optimizer)
      implements Task {
    /** What the discriminator is told of real pictures. */
    public static final double REAL = 0.9;

    @Override
    public List<Network> networks() {
      return List.of(generator, discriminator);
    }

    @Override
    public Adversarial dtype(DType other) {
      return new Adversarial(generator.dtype(other), discriminator.dtype(other), optimizer);
    }
  }

  /**
   * A step against the negative evidence lower bound, one optimizer for both networks. A batch:
   * pictures, and the standard normal numbers that make the latent sample. Losses: one.
   *
   * @param encoder from pictures to mean and logarithm of the variance
   * @param decoder from a latent sample to the logits of the pixels
   */
  record Variational(Network encoder, Network decoder, Optimizer optimizer) implements Task {
    @Override
    public List<Network> networks() {
      return List.of(encoder, decoder);
    }

    @Override
    public Variational dtype(DType other) {
      return new Variational(encoder.dtype(other), decoder.dtype(other), optimizer);
    }
  }
}
