package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Image;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;

/**
 * A tensor of logical order NCHW as an image with adjacent channels.
 *
 * @param image where the kernels read it
 * @param refresh copies the tensor there; does nothing where its channels are adjacent already
 */
record ChannelsLast(Image image, Step refresh) {

  /**
   * An operand, seen in place if its channels are adjacent and through scratch memory otherwise.
   */
  static ChannelsLast of(Operands operands, Tensor x) {
    if (x.extent(1) == 1 || x.layout().stride(1) == 1) {
      return new ChannelsLast(image(x, x.layout()), () -> {});
    }
    Layout layout = layout(x.shape());
    Tensor copy = operands.scratch(x.dtype(), x.shape());
    return new ChannelsLast(image(copy, layout), Copies.of(x, copy, layout));
  }

  /** An output, whose layout is {@link #layout}. */
  static Image image(Tensor out) {
    return image(out, out.layout());
  }

  private static Image image(Tensor x, Layout layout) {
    long bytes = x.dtype().bytes();
    return new Image(
        x.memory(),
        x.at(),
        layout.stride(0) * bytes,
        layout.stride(2) * bytes,
        layout.stride(3) * bytes);
  }

  /** Channels innermost, no gaps. */
  static Layout layout(Shape shape) {
    return Layout.dense(shape, 0, 2, 3, 1);
  }
}
