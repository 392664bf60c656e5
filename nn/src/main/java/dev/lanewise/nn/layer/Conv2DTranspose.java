package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Conv2d;
import dev.lanewise.tensor.op.Window;

/**
 * Transposed convolution over images, channels last: what {@link Conv2D} does to a gradient (Zeiler
 * et al. 2010). Input: {@code [height, width, channels]}. Output: {@code [outHeight, outWidth,
 * filters]}, where an extent {@code e} becomes {@code e * stride} with {@link Padding#SAME} and
 * {@code e * stride + max(kernel - stride, 0)} with {@link Padding#VALID}; the crop of SAME is the
 * pad of the convolution back, so an odd one is larger at the end. Weights: {@code kernel
 * [kernelHeight, kernelWidth, filters, channels]}, {@code bias [filters]}. Keras' {@code
 * Conv2DTranspose}.
 *
 * @param filters channels of the output
 * @param settings what it shares with other convolutions
 */
public record Conv2DTranspose(long filters, ConvolutionSettings settings)
    implements ImageConvolution<Conv2DTranspose>, KernelConvolution<Conv2DTranspose> {
  /** Checks that there are filters. */
  public Conv2DTranspose {
    if (filters < 1) {
      throw new IllegalArgumentException("conv2DTranspose: at least one filter, not " + filters);
    }
  }

  /**
   * Linear, a square window, by one step, VALID, with a bias of zeros and a kernel after Glorot.
   */
  public static Conv2DTranspose of(long filters, long kernelSize) {
    return new Conv2DTranspose(filters, ConvolutionSettings.of(Window.of(kernelSize)));
  }

  @Override
  public Conv2DTranspose settings(ConvolutionSettings other) {
    return new Conv2DTranspose(filters, other);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Images.require(this, input);
    Shape output =
        Shape.of(
            extent(input.extent(0), window().height()),
            extent(input.extent(1), window().width()),
            filters);
    Shape taps =
        Shape.of(window().height().kernel(), window().width().kernel(), filters, input.extent(2));
    Parameter filter = weights.weight("kernel", taps, kernel());
    Parameter offset = useBias() ? weights.weight("bias", Shape.of(filters), bias()) : null;
    Conv2d.InputGrad transposed =
        new Conv2d.InputGrad(
            padding().over(output, window()), 1, output.extent(0), output.extent(1));
    return Block.of(
        output,
        (x, _) -> {
          Tensor w = filter.with(x).permute(3, 2, 0, 1);
          Tensor y = Images.fromOperator(transposed.apply(w, Images.toOperator(x)));
          return activation().apply(offset == null ? y : y.add(offset.with(x)));
        });
  }

  private long extent(long input, Window.Axis axis) {
    long spread = Math.multiplyExact(input, axis.stride());
    return padding() == Padding.SAME ? spread : spread + Math.max(axis.span() - axis.stride(), 0);
  }
}
