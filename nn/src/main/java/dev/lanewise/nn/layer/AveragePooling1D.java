package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.op.AvgPool2d;
import dev.lanewise.tensor.op.Window;

/**
 * The mean under a window, channel by channel. Input: {@code [length, channels]}. Output: {@code
 * [outLength, channels]}. Keras' {@code AveragePooling1D}.
 *
 * @param window taps and steps along the width, without pads
 * @param padding what happens at the edges; pads do not count
 */
public record AveragePooling1D(Window window, Padding padding) implements Layer {
  /** A window that moves by its size, {@link Padding#VALID}. */
  public static AveragePooling1D of(long poolSize) {
    return new AveragePooling1D(SequenceImages.window(poolSize).stride(1, poolSize), Padding.VALID);
  }

  /** This layer with a window that moves by so many places. */
  public AveragePooling1D strides(long places) {
    return new AveragePooling1D(window.stride(1, places), padding);
  }

  /** This layer with other edges. */
  public AveragePooling1D padding(Padding other) {
    return new AveragePooling1D(window, other);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    SequenceImages.require(this, input);
    Window padded = padding.over(SequenceImages.image(input), window);
    Shape output = SequenceImages.output(this, input, padded);
    AvgPool2d pool = new AvgPool2d(padded, false);
    return Block.of(
        output, (x, _) -> SequenceImages.fromOperator(SequenceImages.toOperator(x).apply(pool)));
  }
}
