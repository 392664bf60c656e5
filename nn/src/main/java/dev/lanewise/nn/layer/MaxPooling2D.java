package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.op.MaxPool2d;
import dev.lanewise.tensor.op.Window;

/**
 * The greatest value under a window, channel by channel. Input: {@code [height, width, channels]}.
 * Output: {@code [outHeight, outWidth, channels]}. Keras' {@code MaxPooling2D}.
 *
 * @param window taps and steps, without pads
 * @param padding what happens at the edges; pads never win
 */
public record MaxPooling2D(Window window, Padding padding) implements Layer {
  /** A square window that moves by its size, {@link Padding#VALID}. */
  public static MaxPooling2D of(long poolSize) {
    return of(poolSize, poolSize);
  }

  /** A window that moves by its size, {@link Padding#VALID}. */
  public static MaxPooling2D of(long poolHeight, long poolWidth) {
    Window window = Window.of(poolHeight, poolWidth).stride(poolHeight, poolWidth);
    return new MaxPooling2D(window, Padding.VALID);
  }

  /** This layer with a window that moves by so many places along both axes. */
  public MaxPooling2D strides(long both) {
    return strides(both, both);
  }

  /** This layer with a window that moves by these places. */
  public MaxPooling2D strides(long down, long across) {
    return new MaxPooling2D(window.stride(down, across), padding);
  }

  /** This layer with other edges. */
  public MaxPooling2D padding(Padding other) {
    return new MaxPooling2D(window, other);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Shape output = Images.output(this, input, window, padding);
    Window padded = padding.over(input, window);
    MaxPool2d training = new MaxPool2d(padded, true);
    MaxPool2d inference = new MaxPool2d(padded, false);
    return Block.of(
        output,
        (x, pass) ->
            Images.fromOperator(
                Images.toOperator(x).apply(pass.isTraining() ? training : inference)));
  }
}
