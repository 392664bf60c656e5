package dev.lanewise.bench.peers;

import dev.lanewise.bench.TrainPeer;
import dev.lanewise.bench.TrainStep;
import dev.lanewise.bench.TrainTask;
import java.util.function.DoubleSupplier;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Deeplearning4j on nd4j-native. */
public final class Deeplearning4j implements TrainPeer {
  @Override
  public String name() {
    return "DL4J";
  }

  @Override
  public void threads(int count) {
    // OpenMP's threads and OpenBLAS's are the environment's otherwise.
    Nd4j.getEnvironment().setMaxThreads(count);
    Nd4j.getEnvironment().setMaxMasterThreads(count);
  }

  @Override
  public TrainStep step(TrainTask task) {
    return switch (task) {
      case MLP -> classified(task, InputType.feedForward(784), dense(128), dense(128), classes());
      case CNN ->
          classified(
              task,
              InputType.convolutional(28, 28, 1),
              convolution(32),
              pool(),
              convolution(64),
              pool(),
              dense(64),
              classes());
      case LSTM -> forecast();
      case AUTOENCODER -> reconstructed();
      case VAE -> variational();
      case GAN -> new Deeplearning4jAdversarial();
    };
  }

  /** A network with Adam. */
  private static MultiLayerNetwork network(InputType input, Layer... layers) {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new Adam(TrainTask.RATE))
            .weightInit(WeightInit.XAVIER)
            .list(layers)
            .setInputType(input)
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  private static Layer dense(int units) {
    return new DenseLayer.Builder().nOut(units).activation(Activation.RELU).build();
  }

  private static Layer classes() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(10)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static Layer convolution(int filters) {
    return new ConvolutionLayer.Builder(3, 3).nOut(filters).activation(Activation.RELU).build();
  }

  private static Layer pool() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
        .kernelSize(2, 2)
        .stride(2, 2)
        .build();
  }

  private static TrainStep classified(TrainTask task, InputType input, Layer... layers) {
    INDArray labels = Nd4j.zeros(TrainTask.BATCH, 10);
    int[] classes = task.classes();
    for (int i = 0; i < classes.length; i++) {
      labels.putScalar(i, classes[i], 1);
    }
    long[] shape =
        task == TrainTask.MLP
            ? new long[] {TrainTask.BATCH, 784}
            : new long[] {TrainTask.BATCH, 1, 28, 28};
    return fitted(network(input, layers), Nd4j.create(task.features()).reshape(shape), labels);
  }

  private static TrainStep forecast() {
    int[] sample = TrainTask.LSTM.sample();
    MultiLayerNetwork network =
        network(
            InputType.recurrent(sample[1], sample[0]),
            lstm(),
            lstm(),
            new LastTimeStep(lstm()),
            new OutputLayer.Builder(LossFunction.MSE)
                .nOut(1)
                .activation(Activation.IDENTITY)
                .build());
    // Its sequences have the steps last.
    INDArray features =
        Nd4j.create(TrainTask.LSTM.features())
            .reshape(TrainTask.BATCH, sample[0], sample[1])
            .permute(0, 2, 1)
            .dup();
    return fitted(
        network, features, Nd4j.create(TrainTask.LSTM.targets()).reshape(TrainTask.BATCH, 1));
  }

  private static LSTM lstm() {
    return new LSTM.Builder().nOut(128).activation(Activation.TANH).build();
  }

  private static TrainStep reconstructed() {
    MultiLayerNetwork network =
        network(
            InputType.feedForward(784),
            dense(32),
            new OutputLayer.Builder(LossFunction.MSE)
                .nOut(784)
                .activation(Activation.SIGMOID)
                .build());
    INDArray pictures = Nd4j.create(TrainTask.AUTOENCODER.features()).reshape(TrainTask.BATCH, 784);
    return fitted(network, pictures, pictures);
  }

  private static TrainStep variational() {
    MultiLayerNetwork network =
        network(
            InputType.feedForward(784),
            new VariationalAutoencoder.Builder()
                .encoderLayerSizes(400)
                .decoderLayerSizes(400)
                .nOut(TrainTask.LATENT)
                .activation(Activation.RELU)
                .pzxActivationFunction(Activation.IDENTITY)
                .reconstructionDistribution(
                    new BernoulliReconstructionDistribution(Activation.SIGMOID))
                .build());
    INDArray pictures = Nd4j.create(TrainTask.VAE.features()).reshape(TrainTask.BATCH, 784);
    return new Steps(
        () -> {
          network.pretrainLayer(0, pictures);
          return network.getLayer(0).score();
        });
  }

  private static TrainStep fitted(MultiLayerNetwork network, INDArray features, INDArray labels) {
    return new Steps(
        () -> {
          network.fit(features, labels);
          return network.score();
        });
  }

  private record Steps(DoubleSupplier step) implements TrainStep {
    @Override
    public float run() {
      return (float) step.getAsDouble();
    }

    @Override
    public void close() {}
  }
}
