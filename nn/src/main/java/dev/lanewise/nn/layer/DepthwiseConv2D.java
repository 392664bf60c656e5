package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Window;
import java.util.function.BinaryOperator;

/**
 * Convolution of each channel of an image alone, channels last. Input: {@code [height, width,
 * channels]}. Output: {@code [outHeight, outWidth, channels * depthMultiplier]}, those of one
 * channel side by side. Weights: {@code kernel [kernelHeight, kernelWidth, channels,
 * depthMultiplier]}, {@code bias [channels * depthMultiplier]}. Keras' {@code DepthwiseConv2D}.
 *
 * @param depthMultiplier channels made of each
 * @param settings what it shares with other convolutions
 */
public record DepthwiseConv2D(long depthMultiplier, ConvolutionSettings settings)
    implements ImageConvolution<DepthwiseConv2D>, KernelConvolution<DepthwiseConv2D> {
  /** Checks the multiplier. */
  public DepthwiseConv2D {
    if (depthMultiplier < 1) {
      throw new IllegalArgumentException(
          "depthwiseConv2D: a depth multiplier of at least one, not " + depthMultiplier);
    }
  }

  /** With a square window. */
  public static DepthwiseConv2D of(long kernelSize) {
    return of(kernelSize, kernelSize);
  }

  /**
   * Linear, one channel of each, by one step, {@link Padding#VALID}, with a bias of zeros and a
   * kernel after Glorot.
   */
  public static DepthwiseConv2D of(long kernelHeight, long kernelWidth) {
    return new DepthwiseConv2D(1, ConvolutionSettings.of(Window.of(kernelHeight, kernelWidth)));
  }

  @Override
  public DepthwiseConv2D settings(ConvolutionSettings other) {
    return new DepthwiseConv2D(depthMultiplier, other);
  }

  /** This layer with so many channels made of each. */
  public DepthwiseConv2D depthMultiplier(long other) {
    return new DepthwiseConv2D(other, settings);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    long channels = input.rank() == 3 ? input.extent(2) : 0;
    long outputs = Math.multiplyExact(channels, depthMultiplier);
    Shape output = Images.output(this, input, window(), padding()).with(2, outputs);
    long high = window().height().kernel();
    long wide = window().width().kernel();
    Shape taps = Shape.of(high, wide, channels, depthMultiplier);
    Parameter filter = weights.weight("kernel", taps, kernel());
    BinaryOperator<Tensor> conv =
        settings.convolution(weights, padding().over(input, window()), channels, outputs);
    return Block.of(
        output, (x, _) -> conv.apply(x, filter.with(x).reshape(high, wide, 1, outputs)));
  }
}
