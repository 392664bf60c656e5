package dev.lanewise.bench.peers;

import dev.lanewise.bench.TrainStep;
import dev.lanewise.bench.TrainTask;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The adversarial pair, both updated in every step. Networks of this library do not hand gradients
 * to each other: the generator is trained in one network with a discriminator that does not learn,
 * whose weights are copied from the one that does.
 */
final class Deeplearning4jAdversarial implements TrainStep {
  /** The number of the layer whose output is the made pictures. */
  private static final int MADE = 9;

  private final MultiLayerNetwork discriminator;
  private final MultiLayerNetwork whole;
  private final INDArray real;
  private final INDArray told;
  private final INDArray ones = Nd4j.ones(TrainTask.BATCH, 1);

  Deeplearning4jAdversarial() {
    IUpdater adam = new Adam(TrainTask.ADVERSARIAL_RATE);
    discriminator =
        built(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .weightInit(WeightInit.XAVIER)
                .list(dense(512, adam), dense(256, adam), output(adam))
                .setInputType(InputType.feedForward(784))
                .build());
    whole =
        built(
            new NeuralNetConfiguration.Builder()
                .seed(2)
                .updater(adam)
                .weightInit(WeightInit.XAVIER)
                .list(
                    dense(128, adam),
                    dense(7 * 7 * 256, adam),
                    transposed(128, 1, false),
                    new BatchNormalization.Builder().build(),
                    new ActivationLayer(Activation.RELU),
                    transposed(64, 2, true),
                    new BatchNormalization.Builder().build(),
                    new ActivationLayer(Activation.RELU),
                    transposed(1, 2, true),
                    new ActivationLayer(Activation.TANH),
                    dense(512, new NoOp()),
                    dense(256, new NoOp()),
                    output(new NoOp()))
                .inputPreProcessor(2, new FeedForwardToCnnPreProcessor(7, 7, 256))
                .setInputType(InputType.feedForward(TrainTask.NOISE))
                .build());
    real = Nd4j.create(TrainTask.GAN.features()).reshape(TrainTask.BATCH, 784).mul(2).sub(1);
    told = Nd4j.vstack(ones.mul(0.9), Nd4j.zeros(TrainTask.BATCH, 1));
  }

  private static MultiLayerNetwork built(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  private static Layer dense(int units, IUpdater updater) {
    return new DenseLayer.Builder()
        .nOut(units)
        .activation(Activation.RELU)
        .updater(updater)
        .build();
  }

  private static Layer output(IUpdater updater) {
    return new OutputLayer.Builder(LossFunction.XENT)
        .nOut(1)
        .activation(Activation.SIGMOID)
        .updater(updater)
        .build();
  }

  private static Layer transposed(int filters, int stride, boolean bias) {
    return new Deconvolution2D.Builder(5, 5)
        .stride(stride, stride)
        .convolutionMode(ConvolutionMode.Same)
        .nOut(filters)
        .hasBias(bias)
        .activation(Activation.IDENTITY)
        .build();
  }

  @Override
  public float run() {
    INDArray noise = Nd4j.randn(TrainTask.BATCH, TrainTask.NOISE);
    INDArray made = whole.feedForwardToLayer(MADE, noise, true).get(MADE + 1);
    discriminator.fit(Nd4j.vstack(real, made.reshape(TrainTask.BATCH, 784)), told);
    for (int i = 0; i < 3; i++) {
      whole.getLayer(MADE + 1 + i).setParams(discriminator.getLayer(i).params());
    }
    whole.fit(noise, ones);
    return (float) discriminator.score();
  }

  @Override
  public void close() {}
}
