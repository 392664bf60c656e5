package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import dev.lanewise.nn.layer.AveragePooling2D;
import dev.lanewise.nn.layer.Conv1D;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Conv2DTranspose;
import dev.lanewise.nn.layer.DepthwiseConv2D;
import dev.lanewise.nn.layer.MaxPooling2D;
import dev.lanewise.nn.layer.Padding;
import dev.lanewise.tensor.op.Window;

/**
 * Convolutions and pools. Images are {@code [n, height, width, channels]} outside and {@code [n,
 * channels, height, width]} to PyTorch; what Keras calls same is a border of its own.
 */
final class Images {
  private static final Shape ZERO = new Shape(0, 0);

  private Images() {}

  static NDArray convolution(Conv2D conv, NDArray x, WeightsInOrder weights) {
    NDArray kernel = weights.next("kernel").transpose(3, 2, 0, 1);
    NDArray bias = weights.next("bias", conv.useBias());
    NDArray image = bordered(inner(x), conv.window(), conv.padding(), 0);
    NDArray y = convolved(image, kernel, bias, conv.window(), (int) conv.groups());
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
    NDArray image = bordered(inner(x), conv.window(), conv.padding(), 0);
    NDArray y = convolved(image, grouped, bias, conv.window(), (int) taps.get(2));
    return Activations.apply(conv.activation(), outer(y));
  }

  /** Over images one pixel high. */
  static NDArray convolution(Conv1D conv, NDArray x, WeightsInOrder weights) {
    NDArray kernel = weights.next("kernel").transpose(2, 1, 0).expandDims(2);
    NDArray bias = weights.next("bias", conv.useBias());
    NDArray row = x.transpose(0, 2, 1).expandDims(2);
    NDArray image =
        conv.causal()
            ? Torch.pad(row, 0, conv.window().width().span() - 1, 0, 0, 0)
            : bordered(row, conv.window(), conv.padding(), 0);
    NDArray y = convolved(image, kernel, bias, conv.window(), (int) conv.groups());
    return Activations.apply(conv.activation(), y.squeeze(2).transpose(0, 2, 1));
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
    NDArray image = bordered(inner(x), pool.window(), pool.padding(), Double.NEGATIVE_INFINITY);
    Shape taps = new Shape(pool.window().height().kernel(), pool.window().width().kernel());
    return outer(JniUtils.maxPool(Torch.of(image), taps, strides(pool.window()), ZERO, false));
  }

  /** The mean over the pixels under the window, which are counted by the mean of ones. */
  static NDArray pool(AveragePooling2D pool, NDArray x) {
    NDArray image = inner(x);
    NDArray sums = means(pool, image);
    NDArray counts = means(pool, image.stopGradient().onesLike());
    return outer(sums.div(counts));
  }

  private static NDArray means(AveragePooling2D pool, NDArray image) {
    NDArray bordered = bordered(image, pool.window(), pool.padding(), 0);
    Shape taps = new Shape(pool.window().height().kernel(), pool.window().width().kernel());
    Shape strides = strides(pool.window());
    return JniUtils.avgPool(Torch.of(bordered), taps, strides, ZERO, false, true);
  }

  private static NDArray convolved(
      NDArray image, NDArray kernel, NDArray bias, Window window, int groups) {
    Shape dilation = new Shape(window.height().dilation(), window.width().dilation());
    return JniUtils.convolution(
        Torch.of(image),
        Torch.of(kernel),
        bias == null ? null : Torch.of(bias),
        strides(window),
        ZERO,
        dilation,
        groups);
  }

  private static Shape strides(Window window) {
    return new Shape(window.height().stride(), window.width().stride());
  }

  private static NDArray bordered(NDArray image, Window window, Padding padding, double value) {
    if (padding == Padding.VALID) {
      return image;
    }
    long[] ofHeight = border(image.getShape().get(2), window.height());
    long[] ofWidth = border(image.getShape().get(3), window.width());
    return Torch.pad(image, value, ofWidth[0], ofWidth[1], ofHeight[0], ofHeight[1]);
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
