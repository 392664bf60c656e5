package dev.lanewise.nn.layer;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Window;

/**
 * What layers over images share. Images are {@code [height, width, channels]} here and {@code [n,
 * channels, height, width]} to the operators; both are views of the same memory, channels last.
 */
final class Images {
  private Images() {}

  /** The operators' view of {@code [n, height, width, channels]}. */
  static Tensor toOperator(Tensor x) {
    return x.permute(0, 3, 1, 2);
  }

  /** The layers' view of {@code [n, channels, height, width]}. */
  static Tensor fromOperator(Tensor x) {
    return x.permute(0, 2, 3, 1);
  }

  /**
   * Checks an image.
   *
   * @throws IllegalArgumentException if it is none
   */
  static void require(Layer layer, Shape input) {
    if (input.rank() != 3) {
      throw layer.error("an image [height, width, channels] expected", input);
    }
  }

  /**
   * The image that a window gives, with the channels of the input.
   *
   * @throws IllegalArgumentException if the input is no image, or the window does not fit it
   */
  static Shape output(Layer layer, Shape input, Window window, Padding padding) {
    require(layer, input);
    Window padded = padding.over(input, window);
    long height = padded.height().outputs(input.extent(0));
    long width = padded.width().outputs(input.extent(1));
    if (height < 1 || width < 1) {
      throw layer.error(
          "a window of " + window.height().span() + " x " + window.width().span() + " does not fit",
          input);
    }
    return Shape.of(height, width, input.extent(2));
  }
}
