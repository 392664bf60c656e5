package dev.lanewise.bench;

import dev.lanewise.kernel.Philox;
import dev.lanewise.models.zoo.AdversarialGoal;
import dev.lanewise.models.zoo.AdversarialPair;
import dev.lanewise.models.zoo.Autoencoder;
import dev.lanewise.models.zoo.DigitsNetwork;
import dev.lanewise.models.zoo.Perceptron;
import dev.lanewise.models.zoo.VariationalAutoencoder;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.LSTM;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/** Our training steps of the six networks. */
final class OurTraining {
  private OurTraining() {}

  /** The step of a network. */
  static TrainStep step(TrainTask task, Engine engine) {
    return switch (task) {
      case MLP -> new Supervised(task, Perceptron.layers(), classes(), engine);
      case CNN -> new Supervised(task, DigitsNetwork.layers(), classes(), engine);
      case LSTM -> new Supervised(task, recurrent(), MeanSquaredError.of(), engine);
      case AUTOENCODER -> new Supervised(task, Autoencoder.dense(), MeanSquaredError.of(), engine);
      case GAN -> new Adversarial(engine);
      case VAE -> new Variational(engine);
    };
  }

  private static Loss classes() {
    return SparseCategoricalCrossentropy.of();
  }

  private static Network recurrent() {
    int[] sample = TrainTask.LSTM.sample();
    return Sequential.of(
        Input.of(sample[0], sample[1]),
        LSTM.of(128).returnSequences(true),
        LSTM.of(128).returnSequences(true),
        LSTM.of(128),
        Dense.of(1));
  }

  /** The batch, of the shape of the network's samples. */
  private static Tensor features(TrainTask task, Shape sample, Scope scope) {
    return scope.tensor(sample.inserted(0, TrainTask.BATCH), task.features());
  }

  /** Features in, a loss against labels out. */
  private static final class Supervised implements TrainStep {
    private final Model model;
    private final Descent descent;
    private final Scope data;
    private final Loss loss;
    private final Tensor features;
    private final Tensor labels;

    Supervised(TrainTask task, Network network, Loss loss, Engine engine) {
      this.loss = loss;
      model = network.engine(engine).build();
      descent = Adam.of(TrainTask.RATE).on(model.trained(), model.scope());
      data = model.scope().child("data");
      features = features(task, model.input().shape(), data);
      labels =
          switch (task) {
            case MLP, CNN -> data.tensor(Shape.of(TrainTask.BATCH), task.classes());
            case LSTM -> data.tensor(Shape.of(TrainTask.BATCH, 1), task.targets());
            case AUTOENCODER, GAN, VAE -> features;
          };
    }

    @Override
    public float run() {
      try (Scope step = model.scope().child("step")) {
        Tensor prediction = model.call(features.in(step), Pass.training(new Philox(1, 0)));
        Tensor error = loss.apply(labels.in(step), prediction);
        descent.step(error);
        return (float) error.value();
      }
    }

    @Override
    public void close() {
      data.close();
      model.close();
    }
  }

  /** Both networks, every time. */
  private static final class Adversarial implements TrainStep {
    private final AdversarialPair pair;
    private final Scope data;
    private final Tensor pictures;

    Adversarial(Engine engine) {
      pair = new AdversarialPair(1, AdversarialGoal.CrossEntropy.unbalanced(), engine);
      data = pair.generatorModel().scope().child("data");
      pictures = features(TrainTask.GAN, Shape.of(28, 28, 1), data).mul(2).sub(1);
    }

    @Override
    public float run() {
      try (Scope step = data.child("step")) {
        return (float) pair.step(pictures.in(step)).discriminatorLoss();
      }
    }

    @Override
    public void close() {
      data.close();
      pair.close();
    }
  }

  /** Encoder, sample, decoder. */
  private static final class Variational implements TrainStep {
    private final VariationalAutoencoder network;
    private final Scope data;
    private final Tensor pictures;

    Variational(Engine engine) {
      network = new VariationalAutoencoder(1, engine);
      data = network.encoderModel().scope().child("data");
      pictures = features(TrainTask.VAE, Shape.of(784), data);
    }

    @Override
    public float run() {
      try (Scope step = data.child("step")) {
        return (float) network.step(pictures.in(step));
      }
    }

    @Override
    public void close() {
      data.close();
      network.close();
    }
  }
}
