package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Window;
import java.util.function.BinaryOperator;

/**
 * Convolution over sequences, channels last. Input: {@code [length, channels]}. Output: {@code
 * [outLength, filters]}. Weights: {@code kernel [kernelSize, channels / groups, filters]}, {@code
 * bias [filters]}. Keras' {@code Conv1D}.
 *
 * @param filters channels of the output, a multiple of the groups
 * @param causal whether the sequence is padded in front only, whatever its padding, so that no
 *     output depends on later places (van den Oord et al. 2016); Keras' padding {@code causal}
 * @param groups into which the channels are divided, each convolved alone
 * @param settings what it shares with other convolutions; its window lies along the width
 */
public record Conv1D(long filters, boolean causal, long groups, ConvolutionSettings settings)
    implements KernelConvolution<Conv1D> {
  /** Checks that groups divide the filters. */
  public Conv1D {
    ConvolutionSettings.checkGroups("conv1D", filters, groups);
  }

  /** Linear, by one step, {@link Padding#VALID}, with a bias of zeros and a kernel after Glorot. */
  public static Conv1D of(long filters, long kernelSize) {
    Window window = SequenceImages.window(kernelSize);
    return new Conv1D(filters, false, 1, ConvolutionSettings.of(window));
  }

  @Override
  public Conv1D settings(ConvolutionSettings other) {
    return new Conv1D(filters, causal, groups, other);
  }

  /** This layer with a window that moves by so many places. */
  public Conv1D strides(long places) {
    return settings(settings.with(draft -> draft.window = window().stride(1, places)));
  }

  /** This layer with the taps of its window so many places apart. */
  public Conv1D dilation(long places) {
    return settings(settings.with(draft -> draft.window = window().dilation(1, places)));
  }

  /** This layer padded in front only, so that no output depends on later places, or not. */
  public Conv1D causal(boolean wanted) {
    return new Conv1D(filters, wanted, groups, settings);
  }

  /** This layer in so many groups. */
  public Conv1D groups(long other) {
    return new Conv1D(filters, causal, other, settings);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    SequenceImages.require(this, input);
    if (input.extent(1) % groups != 0) {
      throw error(groups + " groups do not divide the channels", input);
    }
    Window padded =
        causal
            ? window().pad(0, window().width().span() - 1, 0, 0)
            : padding().over(SequenceImages.image(input), window());
    Shape output = SequenceImages.output(this, input, padded).with(1, filters);
    long taps = window().width().kernel();
    long channels = input.extent(1) / groups;
    Parameter filter = weights.weight("kernel", Shape.of(taps, channels, filters), kernel());
    BinaryOperator<Tensor> conv = settings.convolution(weights, padded, groups, filters);
    return Block.of(
        output,
        (x, _) -> {
          Tensor image = x.reshape(x.extent(0), 1, x.extent(1), x.extent(2));
          Tensor w = filter.with(x).reshape(1, taps, channels, filters);
          Tensor y = conv.apply(image, w);
          return y.reshape(y.extent(0), y.extent(2), y.extent(3));
        });
  }
}
