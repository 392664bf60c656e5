package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Constraint;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Regularizer;
import dev.lanewise.nn.weight.WeightPolicy;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Conv2d;
import dev.lanewise.tensor.op.Window;

/**
 * Convolution over sequences, channels last. Input: {@code [length, channels]}. Output: {@code
 * [outLength, filters]}. Weights: {@code kernel [kernelSize, channels / groups, filters]}, {@code
 * bias [filters]}. Keras' {@code Conv1D}.
 *
 * @param filters channels of the output, a multiple of the groups
 * @param window taps and steps along the width, without pads
 * @param padding what happens at the edges, unless the layer is causal
 * @param causal whether the sequence is padded in front only, so that no output depends on later
 *     places (van den Oord et al. 2016); Keras' padding {@code causal}
 * @param groups into which the channels are divided, each convolved alone
 * @param activation applied at the end
 * @param useBias whether there is a bias
 * @param kernel how the kernel is made and held
 * @param bias how the bias is made and held
 */
public record Conv1D(
    long filters,
    Window window,
    Padding padding,
    boolean causal,
    long groups,
    Activation activation,
    boolean useBias,
    WeightPolicy kernel,
    WeightPolicy bias)
    implements Layer {
  /** Checks that groups divide the filters. */
  public Conv1D {
    if (filters < 1 || groups < 1 || filters % groups != 0) {
      throw new IllegalArgumentException(
          "conv1D: %d filters do not divide into %d groups".formatted(filters, groups));
    }
  }

  /** Linear, by one step, {@link Padding#VALID}, with a bias of zeros and a kernel after Glorot. */
  public static Conv1D of(long filters, long kernelSize) {
    return new Conv1D(
        filters,
        SequenceImages.window(kernelSize),
        Padding.VALID,
        false,
        1,
        Activation.LINEAR,
        true,
        WeightPolicy.of(Initializer.GLOROT_UNIFORM),
        WeightPolicy.of(Initializer.ZEROS));
  }

  /** This layer with a window that moves by so many places. */
  public Conv1D strides(long places) {
    return window(window.stride(1, places));
  }

  /** This layer with the taps of its window so many places apart. */
  public Conv1D dilation(long places) {
    return window(window.dilation(1, places));
  }

  private Conv1D window(Window other) {
    return new Conv1D(filters, other, padding, causal, groups, activation, useBias, kernel, bias);
  }

  /** This layer with other edges. */
  public Conv1D padding(Padding other) {
    return new Conv1D(filters, window, other, causal, groups, activation, useBias, kernel, bias);
  }

  /** This layer padded in front only, so that no output depends on later places, or not. */
  public Conv1D causal(boolean wanted) {
    return new Conv1D(filters, window, padding, wanted, groups, activation, useBias, kernel, bias);
  }

  /** This layer in so many groups. */
  public Conv1D groups(long other) {
    return new Conv1D(filters, window, padding, causal, other, activation, useBias, kernel, bias);
  }

  /** This layer with another activation. */
  public Conv1D activation(Activation other) {
    return new Conv1D(filters, window, padding, causal, groups, other, useBias, kernel, bias);
  }

  /** This layer with or without a bias. */
  public Conv1D useBias(boolean wanted) {
    return new Conv1D(filters, window, padding, causal, groups, activation, wanted, kernel, bias);
  }

  /** This layer with another initialiser of the kernel. */
  public Conv1D kernel(Initializer other) {
    return kernel(kernel.initializer(other));
  }

  /** This layer with another policy for the kernel. */
  public Conv1D kernel(WeightPolicy other) {
    return new Conv1D(filters, window, padding, causal, groups, activation, useBias, other, bias);
  }

  /** This layer with a price on the kernel. */
  public Conv1D kernelRegularizer(Regularizer other) {
    return kernel(kernel.regularizer(other));
  }

  /** This layer with the kernel held to a constraint. */
  public Conv1D kernelConstraint(Constraint other) {
    return kernel(kernel.constraint(other));
  }

  /** This layer with another initialiser of the bias. */
  public Conv1D bias(Initializer other) {
    return bias(bias.initializer(other));
  }

  /** This layer with another policy for the bias. */
  public Conv1D bias(WeightPolicy other) {
    return new Conv1D(filters, window, padding, causal, groups, activation, useBias, kernel, other);
  }

  /** This layer with a price on the bias. */
  public Conv1D biasRegularizer(Regularizer other) {
    return bias(bias.regularizer(other));
  }

  /** This layer with the bias held to a constraint. */
  public Conv1D biasConstraint(Constraint other) {
    return bias(bias.constraint(other));
  }

  @Override
  public Block build(Weights weights, Shape input) {
    SequenceImages.require(this, input);
    if (input.extent(1) % groups != 0) {
      throw error(groups + " groups do not divide the channels", input);
    }
    Window padded =
        causal
            ? window.pad(0, window.width().span() - 1, 0, 0)
            : padding.over(SequenceImages.image(input), window);
    Shape output = SequenceImages.output(this, input, padded).with(1, filters);
    long taps = window.width().kernel();
    long channels = input.extent(1) / groups;
    Parameter filter = weights.weight("kernel", Shape.of(taps, channels, filters), kernel);
    Parameter offset = useBias ? weights.weight("bias", Shape.of(filters), bias) : null;
    boolean fused = activation.equals(Activation.RELU);
    Conv2d conv = new Conv2d(padded, groups, fused);
    Activation rest = fused ? Activation.LINEAR : activation;
    return Block.of(
        output,
        (x, _) -> {
          Tensor image = SequenceImages.toOperator(x);
          Tensor w = filter.with(x).reshape(1, taps, channels, filters).permute(3, 2, 0, 1);
          Tensor y = offset == null ? conv.apply(image, w) : conv.apply(image, w, offset.with(x));
          return rest.apply(SequenceImages.fromOperator(y));
        });
  }
}
