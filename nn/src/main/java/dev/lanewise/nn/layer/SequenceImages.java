package dev.lanewise.nn.layer;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Window;

/**
 * What layers over sequences {@code [length, channels]} share: to the operators they are images of
 * height one.
 */
final class SequenceImages {
  private SequenceImages() {}

  /** The operators' view of {@code [n, length, channels]}. */
  static Tensor toOperator(Tensor x) {
    return Images.toOperator(x.reshape(x.extent(0), 1, x.extent(1), x.extent(2)));
  }

  /** The layers' view of {@code [n, channels, 1, length]}. */
  static Tensor fromOperator(Tensor x) {
    return Images.fromOperator(x).reshape(x.extent(0), x.extent(3), x.extent(1));
  }

  /** A window along the width only. */
  static Window window(long taps) {
    return Window.of(1, taps);
  }

  /** A sequence as an image. */
  static Shape image(Shape sequence) {
    return Shape.of(1, sequence.extent(0), sequence.extent(1));
  }

  /**
   * Checks a sequence.
   *
   * @throws IllegalArgumentException if it is none
   */
  static void require(Layer layer, Shape input) {
    if (input.rank() != 2) {
      throw layer.error("a sequence [length, channels] expected", input);
    }
  }

  /**
   * The sequence that a window with its pads gives, with the channels of the input.
   *
   * @throws IllegalArgumentException if the window does not fit
   */
  static Shape output(Layer layer, Shape input, Window padded) {
    long length = padded.width().outputs(input.extent(0));
    if (length < 1) {
      throw layer.error("a window of " + padded.width().span() + " does not fit", input);
    }
    return input.with(0, length);
  }
}
