package dev.lanewise.tensor.op;

import dev.lanewise.kernel.ConvolutionShape;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;

/** What pools share: the rule for shapes and how lines are given to the workers. */
final class Pooling {
  /** Elements of one part, below which waking a thread costs more than it saves. */
  private static final long PART = 1 << 15;

  private Pooling() {}

  /** The output of a pool over one operand. */
  static Spec infer(String operator, Specs in, Window window) {
    in.requireCount(operator, 1);
    DType dtype = in.requireFloating(operator);
    Shape image = in.shape(0);
    if (image.rank() != 4) {
      throw in.error(operator, "an image [n, c, h, w] expected");
    }
    Shape out = window.outputs(operator, in, image, image.extent(1));
    window.requireMeets(operator, in, image);
    return new Spec(dtype, ChannelsLast.layout(out));
  }

  /** The shape of the images that operand {@code i} can be a pool of. */
  static Shape image(String operator, Specs in, int i, Window window, long height, long width) {
    Shape out = in.shape(i);
    Shape image = out.rank() == 4 ? Shape.of(out.extent(0), out.extent(1), height, width) : null;
    if (image == null || !out.equals(window.outputs(operator, in, image, out.extent(1)))) {
      throw in.error(operator, "no pool of an image of " + height + " x " + width);
    }
    return image;
  }

  /** The lines of a batch, shared by what they read and write. */
  static SharedRange lines(
      Operands operands, ConvolutionShape shape, long linesOfImage, SharedRange.Items items) {
    long pixels = Math.max(shape.height() * shape.width(), shape.outHeight() * shape.outWidth());
    long elements = shape.batch() * pixels * shape.channels();
    return new SharedRange(
        operands.engine().workers(), shape.batch() * linesOfImage, 1, elements / PART, items);
  }
}
