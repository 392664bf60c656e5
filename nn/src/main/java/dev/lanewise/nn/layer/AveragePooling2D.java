package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.op.AvgPool2d;
import dev.lanewise.tensor.op.Window;

/**
 * The mean under a window, channel by channel, pads not counted. Input: {@code [height, width,
 * channels]}. Output: {@code [outHeight, outWidth, channels]}. Keras' {@code AveragePooling2D}.
 *
 * @param window taps and steps, without pads
 * @param padding what happens at the edges
 */
public record AveragePooling2D(Window window, Padding padding) implements Layer {
  /** A square window that moves by its size, {@link Padding#VALID}. */
  public static AveragePooling2D of(long poolSize) {
    return of(poolSize, poolSize);
  }

  /** A window that moves by its size, {@link Padding#VALID}. */
  public static AveragePooling2D of(long poolHeight, long poolWidth) {
    Window window = Window.of(poolHeight, poolWidth).stride(poolHeight, poolWidth);
    return new AveragePooling2D(window, Padding.VALID);
  }

  /** This layer with a window that moves by so many places along both axes. */
  public AveragePooling2D strides(long both) {
    return strides(both, both);
  }

  /** This layer with a window that moves by these places. */
  public AveragePooling2D strides(long down, long across) {
    return new AveragePooling2D(window.stride(down, across), padding);
  }

  /** This layer with other edges. */
  public AveragePooling2D padding(Padding other) {
    return new AveragePooling2D(window, other);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Shape output = Images.output(this, input, window, padding);
    AvgPool2d pool = new AvgPool2d(padding.over(input, window), false);
    return Block.of(output, (x, _) -> Images.fromOperator(Images.toOperator(x).apply(pool)));
  }
}
