package dev.lanewise.models.zoo;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;

import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.CosineDecay;

/** A multilayer perceptron for pictures of digits, 28 by 28: 118,282 weights. */
public final class Perceptron {
  private Perceptron() {}

  /** The layers. */
  public static Network layers() {
    return Sequential.of(
            Input.of(28, 28, 1),
            Flatten.of(),
            Dense.of(128).activation(RELU),
            Dense.of(128).activation(RELU),
            Dense.of(10).activation(SOFTMAX))
        .named("perceptron");
  }

  /** A fresh model, ready to be trained in so many steps with Adam at a rate that falls to zero. */
  public static Model fresh(long seed, long steps) {
    return layers()
        .seed(seed)
        .compile(
            Adam.of(CosineDecay.of(1e-3, steps)),
            SparseCategoricalCrossentropy.of(),
            Accuracy.of());
  }
}
