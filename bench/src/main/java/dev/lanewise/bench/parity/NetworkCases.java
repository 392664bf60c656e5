package dev.lanewise.bench.parity;

import dev.lanewise.models.zoo.AdversarialGoal;
import dev.lanewise.models.zoo.AdversarialPair;
import dev.lanewise.models.zoo.Autoencoder;
import dev.lanewise.models.zoo.DigitsNetwork;
import dev.lanewise.models.zoo.Perceptron;
import dev.lanewise.models.zoo.SeriesForecaster;
import dev.lanewise.models.zoo.VariationalAutoencoder;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.CosineDecay;
import dev.lanewise.tensor.Shape;
import java.util.List;
import java.util.SplittableRandom;

/** The networks of the zoo with the losses and optimizers that they are trained with there. */
final class NetworkCases {
  private static final AdversarialGoal GOAL = AdversarialGoal.CrossEntropy.unbalanced();

  private static final int BATCH = 16;
  private static final int FEW = 8;
  private static final int WINDOW = 24;

  private NetworkCases() {}

  static List<Case> all() {
    DrawnPictures pictures = new DrawnPictures(BATCH);
    DrawnPictures few = new DrawnPictures(FEW);
    return List.of(
        new Case(
            "Perceptron",
            new Task.Supervised(
                Perceptron.layers(),
                SparseCategoricalCrossentropy.of(),
                Adam.of(CosineDecay.of(1e-3, 50))),
            pictures::classified),
        new Case(
            "DigitsNetwork",
            new Task.Supervised(
                DigitsNetwork.layers(), SparseCategoricalCrossentropy.of(), Adam.of(1e-3)),
            pictures::classified),
        new Case(
            "SeriesForecaster",
            new Task.Supervised(
                SeriesForecaster.layers(WINDOW),
                MeanSquaredError.of(),
                Adam.of(CosineDecay.of(1e-3, 50))),
            NetworkCases::series),
        new Case(
            "Autoencoder, dense",
            new Task.Supervised(Autoencoder.dense(), MeanSquaredError.of(), Adam.of(1e-3)),
            pictures::repeated),
        new Case(
            "Autoencoder, denoising",
            new Task.Supervised(Autoencoder.denoising(), BinaryCrossentropy.of(), Adam.of(1e-3)),
            pictures::noisy),
        new Case(
            "AdversarialPair",
            new Task.Adversarial(
                AdversarialPair.generator(), GOAL.discriminator(), GOAL.optimizer()),
            random -> few.beside(random, AdversarialPair.NOISE)),
        new Case(
            "VariationalAutoencoder",
            new Task.Variational(
                VariationalAutoencoder.encoder(), VariationalAutoencoder.decoder(), Adam.of(1e-3)),
            random -> pictures.flatBeside(random, VariationalAutoencoder.LATENT)));
  }

  /** Windows over a sine with noise, of value and change, and the next change. */
  private static Batch series(SplittableRandom random) {
    double[] windows = new double[BATCH * WINDOW * 2];
    double[] labels = new double[BATCH];
    for (int i = 0; i < BATCH; i++) {
      double phase = random.nextDouble(2 * Math.PI);
      double before = Math.sin(phase - 0.3);
      for (int j = 0; j <= WINDOW; j++) {
        double now = Math.sin(phase + 0.3 * j) + 0.1 * random.nextGaussian();
        if (j < WINDOW) {
          windows[(i * WINDOW + j) * 2] = (float) now;
          windows[(i * WINDOW + j) * 2 + 1] = (float) (now - before);
        } else {
          labels[i] = (float) (now - before);
        }
        before = now;
      }
    }
    return Batch.of(
        Values.of(Shape.of(BATCH, WINDOW, 2), windows), Values.of(Shape.of(BATCH, 1), labels));
  }
}
