package dev.lanewise.models.zoo;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;

import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.data.Augmentation;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.MaxPooling2D;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.CosineDecay;

/**
 * A small convolutional network for pictures of digits, 28 by 28: two convolutions with pooling,
 * two dense layers, 121,930 weights.
 */
public final class DigitsNetwork {
  private DigitsNetwork() {}

  /** The layers. */
  public static Network layers() {
    return Sequential.of(
            Input.of(28, 28, 1),
            Conv2D.of(32, 3).activation(RELU),
            MaxPooling2D.of(2),
            Conv2D.of(64, 3).activation(RELU),
            MaxPooling2D.of(2),
            Flatten.of(),
            Dense.of(64).activation(RELU),
            Dense.of(10).activation(SOFTMAX))
        .named("digits");
  }

  /** A fresh model, ready to be trained with Adam. */
  public static Model fresh(long seed) {
    return fresh(seed, Adam.of(1e-3));
  }

  /** A fresh model, ready to be trained in so many steps with Adam at a rate that falls to zero. */
  public static Model fresh(long seed, long steps) {
    return fresh(seed, Adam.of(CosineDecay.of(1e-3, steps)));
  }

  private static Model fresh(long seed, Adam adam) {
    return layers().seed(seed).compile(adam, SparseCategoricalCrossentropy.of(), Accuracy.of());
  }

  /** What pictures of digits stand, of which a network may see new ones in every epoch. */
  public static Augmentation augmentation() {
    return Augmentation.affine(0.08, 10, 0.1);
  }
}
