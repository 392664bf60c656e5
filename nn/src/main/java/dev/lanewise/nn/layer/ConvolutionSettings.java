package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.WeightPolicy;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Conv2d;
import dev.lanewise.tensor.op.Window;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;

/**
 * What all convolutions can be told, under Keras' names.
 *
 * @param window taps and steps, without pads
 * @param padding what happens at the edges
 * @param activation applied at the end
 * @param useBias whether there is a bias
 * @param kernel how the kernel that the window moves is made and held
 * @param bias how the bias is made and held
 */
public record ConvolutionSettings(
    Window window,
    Padding padding,
    Activation activation,
    boolean useBias,
    WeightPolicy kernel,
    WeightPolicy bias) {
  /** Linear, {@link Padding#VALID}, with a bias of zeros and a kernel after Glorot. */
  public static ConvolutionSettings of(Window window) {
    return new ConvolutionSettings(
        window,
        Padding.VALID,
        Activation.LINEAR,
        true,
        WeightPolicy.of(Initializer.GLOROT_UNIFORM),
        WeightPolicy.of(Initializer.ZEROS));
  }

  /** The settings while they change. */
  static final class Draft {
    Window window;
    Padding padding;
    Activation activation;
    boolean useBias;
    WeightPolicy kernel;
    WeightPolicy bias;

    private Draft(ConvolutionSettings from) {
      window = from.window;
      padding = from.padding;
      activation = from.activation;
      useBias = from.useBias;
      kernel = from.kernel;
      bias = from.bias;
    }

    private ConvolutionSettings done() {
      return new ConvolutionSettings(window, padding, activation, useBias, kernel, bias);
    }
  }

  /** These settings with a change. */
  ConvolutionSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /**
   * Asks for the bias and gives what convolves images {@code [n, height, width, channels]} with a
   * kernel {@code [kernelHeight, kernelWidth, channels / groups, filters]}, adds the bias and
   * applies the activation.
   *
   * @param padded the window with its pads
   */
  BinaryOperator<Tensor> convolution(Weights weights, Window padded, long groups, long filters) {
    Parameter offset = useBias ? weights.weight("bias", Shape.of(filters), bias) : null;
    boolean fused = activation.equals(Activation.RELU);
    Conv2d conv = new Conv2d(padded, groups, fused);
    Activation rest = fused ? Activation.LINEAR : activation;
    return (images, kernel) -> {
      Tensor x = Images.toOperator(images);
      Tensor w = kernel.permute(3, 2, 0, 1);
      Tensor y = offset == null ? conv.apply(x, w) : conv.apply(x, w, offset.with(x));
      return rest.apply(Images.fromOperator(y));
    };
  }

  /**
   * Checks that groups divide the filters.
   *
   * @throws IllegalArgumentException if they do not
   */
  static void checkGroups(String layer, long filters, long groups) {
    if (filters < 1 || groups < 1 || filters % groups != 0) {
      throw new IllegalArgumentException(
          "%s: %d filters do not divide into %d groups".formatted(layer, filters, groups));
    }
  }
}
