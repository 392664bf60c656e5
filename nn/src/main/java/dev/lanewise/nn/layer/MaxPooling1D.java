package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.op.MaxPool2d;
import dev.lanewise.tensor.op.Window;

/**
 * The greatest value under a window, channel by channel. Input: {@code [length, channels]}. Output:
 * {@code [outLength, channels]}. Keras' {@code MaxPooling1D}.
 *
 * @param window taps and steps along the width, without pads
 * @param padding what happens at the edges; pads never win
 */
public record MaxPooling1D(Window window, Padding padding) implements Layer {
  /** A window that moves by its size, {@link Padding#VALID}. */
  public static MaxPooling1D of(long poolSize) {
    return new MaxPooling1D(SequenceImages.window(poolSize).stride(1, poolSize), Padding.VALID);
  }

  /** This layer with a window that moves by so many places. */
  public MaxPooling1D strides(long places) {
    return new MaxPooling1D(window.stride(1, places), padding);
  }

  /** This layer with other edges. */
  public MaxPooling1D padding(Padding other) {
    return new MaxPooling1D(window, other);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    SequenceImages.require(this, input);
    Window padded = padding.over(SequenceImages.image(input), window);
    Shape output = SequenceImages.output(this, input, padded);
    MaxPool2d training = new MaxPool2d(padded, true);
    MaxPool2d inference = new MaxPool2d(padded, false);
    return Block.of(
        output,
        (x, pass) ->
            SequenceImages.fromOperator(
                SequenceImages.toOperator(x).apply(pass.isTraining() ? training : inference)));
  }
}
