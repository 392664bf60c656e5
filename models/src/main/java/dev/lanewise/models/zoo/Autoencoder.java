package dev.lanewise.models.zoo;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SIGMOID;

import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Conv2DTranspose;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Padding;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.optimizer.Adam;

/** Networks that give back the picture they are shown, through a narrow place or out of noise. */
public final class Autoencoder {
  private Autoencoder() {}

  /** Squeezes pictures of 784 pixels through 32 numbers (Hinton and Salakhutdinov 2006). */
  public static Network dense() {
    return Sequential.of(
            Input.of(784), Dense.of(32).activation(RELU), Dense.of(784).activation(SIGMOID))
        .named("autoencoder");
  }

  /** Makes clean pictures, 28 by 28, of noisy ones by convolutions (Vincent et al. 2008). */
  public static Network denoising() {
    return Sequential.of(
            Input.of(28, 28, 1),
            Conv2D.of(32, 3).strides(2).padding(Padding.SAME).activation(RELU),
            Conv2D.of(32, 3).strides(2).padding(Padding.SAME).activation(RELU),
            Conv2DTranspose.of(32, 3).strides(2).padding(Padding.SAME).activation(RELU),
            Conv2DTranspose.of(32, 3).strides(2).padding(Padding.SAME).activation(RELU),
            Conv2D.of(1, 3).padding(Padding.SAME).activation(SIGMOID))
        .named("denoising_autoencoder");
  }

  /** A fresh {@link #dense}, ready to be trained on the squared error. */
  public static Model freshDense(long seed) {
    return dense().seed(seed).compile(Adam.of(1e-3), MeanSquaredError.of());
  }

  /** A fresh {@link #denoising}, ready to be trained on the binary cross entropy. */
  public static Model freshDenoising(long seed) {
    return denoising().seed(seed).compile(Adam.of(1e-3), BinaryCrossentropy.of());
  }
}
