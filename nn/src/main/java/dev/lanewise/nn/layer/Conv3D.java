package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Concat;
import dev.lanewise.tensor.op.Pad;
import dev.lanewise.tensor.op.Slice;
import dev.lanewise.tensor.op.Window;
import java.util.function.BinaryOperator;

/**
 * Convolution over volumes, channels last. Input: {@code [depth, height, width, channels]}. Output:
 * {@code [outDepth, outHeight, outWidth, filters]}. Weights: {@code kernel [kernelDepth,
 * kernelHeight, kernelWidth, channels / groups, filters]}, {@code bias [filters]}. Keras' {@code
 * Conv3D}.
 *
 * <p>The slices that one output slice sees are laid side by side as channels; what is left is one
 * convolution of images.
 *
 * @param filters channels of the output, a multiple of the groups
 * @param depth taps and steps along the depth, without pads
 * @param groups into which the channels are divided, each convolved alone
 * @param settings what it shares with other convolutions; its window lies along height and width
 */
public record Conv3D(long filters, Window.Axis depth, long groups, ConvolutionSettings settings)
    implements KernelConvolution<Conv3D> {
  /** Checks that groups divide the filters. */
  public Conv3D {
    ConvolutionSettings.checkGroups("conv3D", filters, groups);
  }

  /** With a window of the same extent along all axes. */
  public static Conv3D of(long filters, long kernelSize) {
    return of(filters, kernelSize, kernelSize, kernelSize);
  }

  /** Linear, by one step, {@link Padding#VALID}, with a bias of zeros and a kernel after Glorot. */
  public static Conv3D of(long filters, long kernelDepth, long kernelHeight, long kernelWidth) {
    Window window = Window.of(kernelHeight, kernelWidth);
    return new Conv3D(filters, Window.Axis.of(kernelDepth), 1, ConvolutionSettings.of(window));
  }

  @Override
  public Conv3D settings(ConvolutionSettings other) {
    return new Conv3D(filters, depth, groups, other);
  }

  /** This layer with a window that moves by so many places along all axes. */
  public Conv3D strides(long all) {
    return strides(all, all, all);
  }

  /** This layer with a window that moves by these places. */
  public Conv3D strides(long deep, long down, long across) {
    return windows(along(depth).stride(deep, 1), window().stride(down, across));
  }

  /** This layer with the taps of its window so many places apart. */
  public Conv3D dilation(long all) {
    return windows(along(depth).dilation(all, 1), window().dilation(all));
  }

  private Conv3D windows(Window deep, Window other) {
    return new Conv3D(filters, deep.height(), groups, settings.with(draft -> draft.window = other));
  }

  /** This layer in so many groups. */
  public Conv3D groups(long other) {
    return new Conv3D(filters, depth, other, settings);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    if (input.rank() != 4) {
      throw error("a volume [depth, height, width, channels] expected", input);
    }
    long channels = input.extent(3);
    if (channels % groups != 0) {
      throw error(groups + " groups do not divide the channels", input);
    }
    Window.Axis deep = padding().over(Shape.of(input.extent(0), 1, 1), along(depth)).height();
    long slices = deep.outputs(input.extent(0));
    if (slices < 1) {
      throw error("a window of " + deep.span() + " slices does not fit", input);
    }
    Shape image = input.without(0);
    Shape output =
        Images.output(this, image, window(), padding()).with(2, filters).inserted(0, slices);
    Shape taps =
        Shape.of(
            deep.kernel(),
            window().height().kernel(),
            window().width().kernel(),
            channels / groups,
            filters);
    Parameter filter = weights.weight("kernel", taps, kernel());
    BinaryOperator<Tensor> conv =
        settings.convolution(weights, padding().over(image, window()), groups, filters);
    return Block.of(
        output,
        (x, _) ->
            conv.apply(sideBySide(x, deep, slices), flat(filter.with(x)))
                .reshape(output.inserted(0, x.extent(0))));
  }

  private static Window along(Window.Axis axis) {
    return new Window(axis, Window.Axis.of(1));
  }

  /**
   * Volumes {@code [n, depth, height, width, channels]} as images {@code [n outDepth, height,
   * width, groups taps channels / groups]}: for each output slice those that its taps meet.
   */
  private Tensor sideBySide(Tensor x, Window.Axis deep, long slices) {
    Tensor padded = Pad.along(5, 1, deep.padBegin(), deep.padEnd(), 0).apply(x);
    long n = x.extent(0);
    long channels = x.extent(4);
    Tensor[] seen = new Tensor[Math.toIntExact(deep.kernel())];
    for (int tap = 0; tap < seen.length; tap++) {
      long from = tap * deep.dilation();
      seen[tap] =
          new Slice(1, from, from + (slices - 1) * deep.stride() + 1, deep.stride())
              .apply(padded)
              .reshape(n * slices, x.extent(2), x.extent(3), groups, channels / groups);
    }
    return new Concat(4)
        .apply(seen)
        .reshape(n * slices, x.extent(2), x.extent(3), deep.kernel() * channels);
  }

  /**
   * The kernel of these images, {@code [kernelHeight, kernelWidth, taps channels / groups,
   * filters]}.
   */
  private static Tensor flat(Tensor kernel) {
    return kernel
        .permute(1, 2, 0, 3, 4)
        .reshape(
            kernel.extent(1),
            kernel.extent(2),
            kernel.extent(0) * kernel.extent(3),
            kernel.extent(4));
  }
}
