package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.op.Pad;

/**
 * An image with rows and columns of zeros around it. Input: {@code [height, width, channels]}.
 * Output: {@code [top + height + bottom, left + width + right, channels]}. Keras' {@code
 * ZeroPadding2D}.
 *
 * @param top rows above
 * @param bottom rows below
 * @param left columns on the left
 * @param right columns on the right
 */
public record ZeroPadding2D(long top, long bottom, long left, long right) implements Layer {
  /** Checks the numbers. */
  public ZeroPadding2D {
    if (top < 0 || bottom < 0 || left < 0 || right < 0) {
      throw new IllegalArgumentException(
          "zeroPadding2D: pads of 0 or more, not %d, %d, %d and %d"
              .formatted(top, bottom, left, right));
    }
  }

  /** So many on all sides. */
  public static ZeroPadding2D of(long all) {
    return new ZeroPadding2D(all, all, all, all);
  }

  /** So many rows above and below, so many columns on both sides. */
  public static ZeroPadding2D of(long rows, long columns) {
    return new ZeroPadding2D(rows, rows, columns, columns);
  }

  /** These. */
  public static ZeroPadding2D of(long top, long bottom, long left, long right) {
    return new ZeroPadding2D(top, bottom, left, right);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Images.require(this, input);
    Shape output =
        Shape.of(input.extent(0) + top + bottom, input.extent(1) + left + right, input.extent(2));
    Pad pad = Pad.of(new long[] {0, top, left, 0}, new long[] {0, bottom, right, 0}, 0);
    return Block.of(output, (x, _) -> pad.apply(x));
  }
}
