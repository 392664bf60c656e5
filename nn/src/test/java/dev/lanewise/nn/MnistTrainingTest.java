package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.data.Mnist;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.MaxPooling2D;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.optimizer.Adam;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Training on real images reaches the accuracy that other frameworks reach. */
class MnistTrainingTest {
  private static double accuracy(Network network, Mnist mnist, long samples, int epochs) {
    try (Model model =
        network.compile(Adam.of(1e-3), SparseCategoricalCrossentropy.of(), Accuracy.of())) {
      model.fit(mnist.train().slice(0, samples), Fit.epochs(epochs));
      return model.evaluate(mnist.test()).value("accuracy");
    }
  }

  @Test
  void aPerceptronLearnsFromTwentyThousandDigits() throws IOException {
    Mnist mnist = Mnist.read(TestData.file("datasets/mnist"));
    Network network =
        Sequential.of(
            Input.of(28, 28, 1),
            Flatten.of(),
            Dense.of(64).activation(RELU),
            Dense.of(10).activation(SOFTMAX));
    double accuracy = accuracy(network, mnist, 20_000, 2);
    assertTrue(accuracy >= 0.93, "accuracy " + accuracy);
  }

  @Test
  @Tag("soak")
  void aConvolutionalNetworkReachesNinetyNinePercent() throws IOException {
    Mnist mnist = Mnist.read(TestData.file("datasets/mnist"));
    Network network =
        Sequential.of(
            Input.of(28, 28, 1),
            Conv2D.of(32, 3).activation(RELU),
            MaxPooling2D.of(2),
            Conv2D.of(64, 3).activation(RELU),
            MaxPooling2D.of(2),
            Flatten.of(),
            Dense.of(64).activation(RELU),
            Dense.of(10).activation(SOFTMAX));
    double accuracy = accuracy(network, mnist, 60_000, 5);
    assertTrue(accuracy >= 0.99, "accuracy " + accuracy);
  }
}
