package dev.lanewise.nn.layer;

import dev.lanewise.tensor.op.Window;

/**
 * A convolution over images {@code [height, width, channels]}.
 *
 * @param <L> the layer's own type
 */
public sealed interface ImageConvolution<L extends ImageConvolution<L>> extends ConvolutionLayer<L>
    permits Conv2D, Conv2DTranspose, DepthwiseConv2D, SeparableConv2D {
  /** This layer with a window that moves by so many places along both axes. */
  default L strides(long both) {
    return strides(both, both);
  }

  /** This layer with a window that moves by these places. */
  default L strides(long down, long across) {
    return window(window().stride(down, across));
  }

  /** This layer with the taps of its window so many places apart. */
  default L dilation(long both) {
    return window(window().dilation(both));
  }

  /** This layer with another window. */
  default L window(Window other) {
    return settings(settings().with(draft -> draft.window = other));
  }
}
