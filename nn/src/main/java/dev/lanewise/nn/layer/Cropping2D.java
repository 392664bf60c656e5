package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;

/**
 * An image without some rows and columns at its edges. Input: {@code [height, width, channels]}.
 * Output: {@code [height - top - bottom, width - left - right, channels]}. Keras' {@code
 * Cropping2D}.
 *
 * @param top rows cut off above
 * @param bottom rows cut off below
 * @param left columns cut off on the left
 * @param right columns cut off on the right
 */
public record Cropping2D(long top, long bottom, long left, long right) implements Layer {
  /** Checks the numbers. */
  public Cropping2D {
    if (top < 0 || bottom < 0 || left < 0 || right < 0) {
      throw new IllegalArgumentException(
          "cropping2D: crops of 0 or more, not %d, %d, %d and %d"
              .formatted(top, bottom, left, right));
    }
  }

  /** So many on all sides. */
  public static Cropping2D of(long all) {
    return new Cropping2D(all, all, all, all);
  }

  /** So many rows above and below, so many columns on both sides. */
  public static Cropping2D of(long rows, long columns) {
    return new Cropping2D(rows, rows, columns, columns);
  }

  /** These. */
  public static Cropping2D of(long top, long bottom, long left, long right) {
    return new Cropping2D(top, bottom, left, right);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Images.require(this, input);
    long bottomAt = input.extent(0) - bottom;
    long rightAt = input.extent(1) - right;
    if (bottomAt <= top || rightAt <= left) {
      throw error(
          "nothing is left without %d and %d rows, %d and %d columns"
              .formatted(top, bottom, left, right),
          input);
    }
    return Block.of(
        Shape.of(bottomAt - top, rightAt - left, input.extent(2)),
        (x, _) -> x.slice(1, top, bottomAt).slice(2, left, rightAt));
  }
}
