package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import dev.lanewise.nn.layer.AveragePooling2D;
import dev.lanewise.nn.layer.Conv1D;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Conv2DTranspose;
import dev.lanewise.nn.layer.Conv3D;
import dev.lanewise.nn.layer.DepthwiseConv2D;
import dev.lanewise.nn.layer.MaxPooling2D;
import dev.lanewise.nn.layer.Padding;
import dev.lanewise.tensor.op.Window;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Convolutions and pools. Images are {@code [n, height, width, channels]} outside and {@code [n,
 * channels, height, width]} to PyTorch; what Keras calls same is a border of its own.
 */
final class Images {
  private Images() {}

  static NDArray convolution(Conv2D conv, NDArray x, WeightsInOrder weights) {
    NDArray kernel = weights.next("kernel").transpose(3, 2, 0, 1);
    NDArray bias = weights.next("bias", conv.useBias());
    Window.Axis[] axes = axes(conv.window());
    NDArray image = bordered(inner(x), conv.padding(), 0, axes);
    NDArray y = convolved(image, kernel, bias, conv.groups(), axes);
    return Activations.apply(conv.activation(), outer(y));
  }

  /** Each channel alone: as many groups, the multiplier's outputs of one channel side by side. */
  static NDArray convolution(DepthwiseConv2D conv, NDArray x, WeightsInOrder weights) {
    NDArray kernel = weights.next("kernel");
    Shape taps = kernel.getShape();
    NDArray grouped =
        kernel
            .transpose(2, 3, 0, 1)
            .reshape(taps.get(2) * taps.get(3), 1, taps.get(0), taps.get(1));
    NDArray bias = weights.next("bias", conv.useBias());
    Window.Axis[] axes = axes(conv.window());
    NDArray image = bordered(inner(x), conv.padding(), 0, axes);
    NDArray y = convolved(image, grouped, bias, taps.get(2), axes);
    return Activations.apply(conv.activation(), outer(y));
  }

  /** Over images one pixel high. */
  static NDArray convolution(Conv1D conv, NDArray x, WeightsInOrder weights) {
    NDArray kernel = weights.next("kernel").transpose(2, 1, 0).expandDims(2);
    NDArray bias = weights.next("bias", conv.useBias());
    NDArray row = x.transpose(0, 2, 1).expandDims(2);
    Window.Axis[] axes = axes(conv.window());
    NDArray image =
        conv.causal()
            ? Torch.pad(row, 0, conv.window().width().span() - 1, 0)
            : bordered(row, conv.padding(), 0, axes);
    NDArray y = convolved(image, kernel, bias, conv.groups(), axes);
    return Activations.apply(conv.activation(), y.squeeze(2).transpose(0, 2, 1));
  }

  /** Over volumes, {@code [n, depth, height, width, channels]} outside. */
  static NDArray convolution(Conv3D conv, NDArray x, WeightsInOrder weights) {
    NDArray kernel = weights.next("kernel").transpose(4, 3, 0, 1, 2);
    NDArray bias = weights.next("bias", conv.useBias());
    Window.Axis[] axes = {conv.depth(), conv.window().height(), conv.window().width()};
    NDArray volume = bordered(x.transpose(0, 4, 1, 2, 3), conv.padding(), 0, axes);
    NDArray y = convolved(volume, kernel, bias, conv.groups(), axes);
    return Activations.apply(conv.activation(), y.transpose(0, 2, 3, 4, 1));
  }

  /**
   * By the definition: every pixel adds the kernel, times the pixel, to the output from {@code
   * stride} times its place on. Keras keeps {@code extent * stride} places of that, from where the
   * border of a convolution with the same window ends.
   */
  static NDArray transposed(Conv2DTranspose conv, NDArray x, WeightsInOrder weights) {
    Window.Axis down = conv.window().height();
    Window.Axis across = conv.window().width();
    NDArray kernel = weights.next("kernel");
    NDArray bias = weights.next("bias", conv.useBias());
    long[] rows = crop(x.getShape().get(1), down, conv.padding());
    long[] columns = crop(x.getShape().get(2), across, conv.padding());
    NDArray sum = null;
    for (long i = 0; i < down.kernel(); i++) {
      for (long j = 0; j < across.kernel(); j++) {
        NDArray tap = x.matMul(kernel.get(i + ", " + j).transpose());
        NDArray spread = spread(inner(tap), down.stride(), across.stride());
        long toRight = across.kernel() - across.stride() - j;
        long toBottom = down.kernel() - down.stride() - i;
        NDArray placed =
            Torch.pad(
                spread, 0, j + columns[0], toRight + columns[1], i + rows[0], toBottom + rows[1]);
        sum = sum == null ? placed : sum.add(placed);
      }
    }
    NDArray y = outer(sum);
    return Activations.apply(conv.activation(), bias == null ? y : y.add(bias));
  }

  /** Images with {@code stride - 1} zeros behind every pixel, along both axes. */
  private static NDArray spread(NDArray x, long down, long across) {
    Shape s = x.getShape();
    NDArray apart = x.reshape(s.get(0), s.get(1), s.get(2), 1, s.get(3), 1);
    NDArray padded = Torch.pad(apart, 0, 0, across - 1, 0, 0, 0, down - 1);
    return padded.reshape(s.get(0), s.get(1), s.get(2) * down, s.get(3) * across);
  }

  /** What is added, or taken where negative, before and after the full transposed extent. */
  private static long[] crop(long extent, Window.Axis axis, Padding padding) {
    long full = (extent - 1) * axis.stride() + axis.kernel();
    long more = Math.max(axis.kernel() - axis.stride(), 0);
    long wanted = extent * axis.stride() + (padding == Padding.SAME ? 0 : more);
    long before = padding == Padding.SAME ? more / 2 : 0;
    return new long[] {-before, wanted - (full - before)};
  }

  static NDArray pool(MaxPooling2D pool, NDArray x) {
    Window.Axis[] axes = axes(pool.window());
    NDArray image = bordered(inner(x), pool.padding(), Double.NEGATIVE_INFINITY, axes);
    Shape taps = along(Window.Axis::kernel, axes);
    Shape strides = along(Window.Axis::stride, axes);
    return outer(JniUtils.maxPool(Torch.of(image), taps, strides, along(_ -> 0, axes), false));
  }

  /** The mean over the pixels under the window, which are counted by the mean of ones. */
  static NDArray pool(AveragePooling2D pool, NDArray x) {
    NDArray image = inner(x);
    NDArray sums = means(pool, image);
    NDArray counts = means(pool, image.stopGradient().onesLike());
    return outer(sums.div(counts));
  }

  private static NDArray means(AveragePooling2D pool, NDArray image) {
    Window.Axis[] axes = axes(pool.window());
    NDArray bordered = bordered(image, pool.padding(), 0, axes);
    Shape taps = along(Window.Axis::kernel, axes);
    Shape strides = along(Window.Axis::stride, axes);
    return JniUtils.avgPool(Torch.of(bordered), taps, strides, along(_ -> 0, axes), false, true);
  }

  private static NDArray convolved(
      NDArray image, NDArray kernel, NDArray bias, long groups, Window.Axis... axes) {
    return JniUtils.convolution(
        Torch.of(image),
        Torch.of(kernel),
        bias == null ? null : Torch.of(bias),
        along(Window.Axis::stride, axes),
        along(_ -> 0, axes),
        along(Window.Axis::dilation, axes),
        (int) groups);
  }

  private static Window.Axis[] axes(Window window) {
    return new Window.Axis[] {window.height(), window.width()};
  }

  /** A number of each axis. */
  private static Shape along(ToLongFunction<Window.Axis> number, Window.Axis... axes) {
    return new Shape(Stream.of(axes).mapToLong(number).toArray());
  }

  private static NDArray bordered(
      NDArray image, Padding padding, double value, Window.Axis... axes) {
    if (padding == Padding.VALID) {
      return image;
    }
    long[] pads = new long[2 * axes.length];
    for (int i = 0; i < axes.length; i++) {
      long[] border = border(image.getShape().get(2 + i), axes[i]);
      System.arraycopy(border, 0, pads, 2 * (axes.length - 1 - i), 2);
    }
    return Torch.pad(image, value, pads);
  }

  /**
   * Before and after: as much as {@code ceil(extent / stride)} outputs need, odd ones at the end.
   */
  private static long[] border(long extent, Window.Axis axis) {
    long outputs = (extent + axis.stride() - 1) / axis.stride();
    long span = (axis.kernel() - 1) * axis.dilation() + 1;
    long total = Math.max((outputs - 1) * axis.stride() + span - extent, 0);
    return new long[] {total / 2, total - total / 2};
  }

  private static NDArray inner(NDArray x) {
    return x.transpose(0, 3, 1, 2);
  }

  private static NDArray outer(NDArray x) {
    return x.transpose(0, 2, 3, 1);
  }
}
