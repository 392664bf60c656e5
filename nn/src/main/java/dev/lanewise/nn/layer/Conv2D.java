package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Window;
import java.util.function.BinaryOperator;

/**
 * Convolution over images, channels last. Input: {@code [height, width, channels]}. Output: {@code
 * [outHeight, outWidth, filters]}. Weights: {@code kernel [kernelHeight, kernelWidth, channels /
 * groups, filters]}, {@code bias [filters]}. Keras' {@code Conv2D}.
 *
 * @param filters channels of the output, a multiple of the groups
 * @param groups into which the channels are divided, each convolved alone
 * @param settings what it shares with other convolutions
 */
public record Conv2D(long filters, long groups, ConvolutionSettings settings)
    implements ImageConvolution<Conv2D>, KernelConvolution<Conv2D> {
  /** Checks that groups divide the filters. */
  public Conv2D {
    ConvolutionSettings.checkGroups("conv2D", filters, groups);
  }

  /** With a square window. */
  public static Conv2D of(long filters, long kernelSize) {
    return of(filters, kernelSize, kernelSize);
  }

  /** Linear, by one step, {@link Padding#VALID}, with a bias of zeros and a kernel after Glorot. */
  public static Conv2D of(long filters, long kernelHeight, long kernelWidth) {
    return new Conv2D(filters, 1, ConvolutionSettings.of(Window.of(kernelHeight, kernelWidth)));
  }

  @Override
  public Conv2D settings(ConvolutionSettings other) {
    return new Conv2D(filters, groups, other);
  }

  /** This layer in so many groups. */
  public Conv2D groups(long other) {
    return new Conv2D(filters, other, settings);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Shape output = Images.output(this, input, window(), padding()).with(2, filters);
    if (input.extent(2) % groups != 0) {
      throw error(groups + " groups do not divide the channels", input);
    }
    Shape taps =
        Shape.of(
            window().height().kernel(),
            window().width().kernel(),
            input.extent(2) / groups,
            filters);
    Parameter filter = weights.weight("kernel", taps, kernel());
    BinaryOperator<Tensor> conv =
        settings.convolution(weights, padding().over(input, window()), groups, filters);
    return Block.of(output, (x, _) -> conv.apply(x, filter.with(x)));
  }
}
