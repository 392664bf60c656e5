package dev.lanewise.nn.layer;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.op.Window;

/** What a window does at the edges of an image. */
public enum Padding {
  /** It stays inside: the output is smaller. */
  VALID {
    @Override
    Window over(Shape image, Window window) {
      return window;
    }
  },

  /**
   * The image is padded so that the output has {@code ceil(extent / stride)} places; an odd pad is
   * larger at the end, as in Keras.
   */
  SAME {
    @Override
    Window over(Shape image, Window window) {
      return window.same(image.extent(0), image.extent(1));
    }
  };

  /** The window with its pads for images {@code [height, width, channels]}. */
  abstract Window over(Shape image, Window window);
}
