package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;

/** Shapes of images to test with, and the plain walk over windows that the oracles share. */
final class Images {
  private Images() {}

  /** An image that windows of up to three taps fit on. */
  static Shape[] any(Extents e) {
    return Shapes.tuple(Shape.of(e.next(), channels(e), 2 + e.positive(), 3 + e.positive()));
  }

  /** A batch of images of a given size. */
  static Shape of(Extents e, long height, long width) {
    return Shape.of(e.next(), channels(e), height, width);
  }

  /** Channels that fill vectors of all widths with and without a remainder, and that fill none. */
  private static long channels(Extents e) {
    return e.of(17, 0, 1, 3, 4, 8, 9, 16);
  }

  /** The shape of the outputs of a window over an image, channel by channel. */
  static Shape pooled(Window window, Shape image) {
    return Shape.of(
        image.extent(0),
        image.extent(1),
        window.height().outputs(image.extent(2)),
        window.width().outputs(image.extent(3)));
  }

  static int size(Shape shape) {
    return Math.toIntExact(shape.size());
  }

  /** A place of an image under a window. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Meets one element in one window.
     *
     * @param place row-major number of an element of the image
     * @param out row-major number of an output of the same channel
     */
    void visit(int place, int out);
  }

  /** Visits all places inside the image under all windows, window by window and tap by tap. */
  static void visit(Window window, Shape image, Visitor visitor) {
    int height = (int) image.extent(2);
    int width = (int) image.extent(3);
    Shape out = pooled(window, image);
    int planes = (int) (image.extent(0) * image.extent(1));
    int number = 0;
    for (int plane = 0; plane < planes; plane++) {
      for (int oh = 0; oh < out.extent(2); oh++) {
        for (int ow = 0; ow < out.extent(3); ow++, number++) {
          for (int kh = 0; kh < window.height().kernel(); kh++) {
            for (int kw = 0; kw < window.width().kernel(); kw++) {
              int h = at(window.height(), oh, kh);
              int w = at(window.width(), ow, kw);
              if (h >= 0 && h < height && w >= 0 && w < width) {
                visitor.visit((plane * height + h) * width + w, number);
              }
            }
          }
        }
      }
    }
  }

  /** Where a tap of an output lies along one axis of the image. */
  static int at(Window.Axis axis, int out, int tap) {
    return (int) (out * axis.stride() + tap * axis.dilation() - axis.padBegin());
  }
}
