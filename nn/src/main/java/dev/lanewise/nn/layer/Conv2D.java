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
 * Convolution over images, channels last. Input: {@code [height, width, channels]}. Output: {@code
 * [outHeight, outWidth, filters]}. Weights: {@code kernel [kernelHeight, kernelWidth, channels /
 * groups, filters]}, {@code bias [filters]}. Keras' {@code Conv2D}.
 *
 * @param filters channels of the output, a multiple of the groups
 * @param window taps and steps, without pads
 * @param padding what happens at the edges
 * @param groups into which the channels are divided, each convolved alone
 * @param activation applied at the end
 * @param useBias whether there is a bias
 * @param kernel how the kernel is made and held
 * @param bias how the bias is made and held
 */
public record Conv2D(
    long filters,
    Window window,
    Padding padding,
    long groups,
    Activation activation,
    boolean useBias,
    WeightPolicy kernel,
    WeightPolicy bias)
    implements Layer {
  /** Checks that groups divide the filters. */
  public Conv2D {
    if (filters < 1 || groups < 1 || filters % groups != 0) {
      throw new IllegalArgumentException(
          "conv2D: %d filters do not divide into %d groups".formatted(filters, groups));
    }
  }

  /** With a square window. */
  public static Conv2D of(long filters, long kernelSize) {
    return of(filters, kernelSize, kernelSize);
  }

  /** Linear, by one step, {@link Padding#VALID}, with a bias of zeros and a kernel after Glorot. */
  public static Conv2D of(long filters, long kernelHeight, long kernelWidth) {
    return new Conv2D(
        filters,
        Window.of(kernelHeight, kernelWidth),
        Padding.VALID,
        1,
        Activation.LINEAR,
        true,
        WeightPolicy.of(Initializer.GLOROT_UNIFORM),
        WeightPolicy.of(Initializer.ZEROS));
  }

  /** This layer with a window that moves by so many places along both axes. */
  public Conv2D strides(long both) {
    return strides(both, both);
  }

  /** This layer with a window that moves by these places. */
  public Conv2D strides(long down, long across) {
    return window(window.stride(down, across));
  }

  /** This layer with the taps of its window so many places apart. */
  public Conv2D dilation(long both) {
    return window(window.dilation(both));
  }

  /** This layer with another window. */
  public Conv2D window(Window other) {
    return new Conv2D(filters, other, padding, groups, activation, useBias, kernel, bias);
  }

  /** This layer with other edges. */
  public Conv2D padding(Padding other) {
    return new Conv2D(filters, window, other, groups, activation, useBias, kernel, bias);
  }

  /** This layer in so many groups. */
  public Conv2D groups(long other) {
    return new Conv2D(filters, window, padding, other, activation, useBias, kernel, bias);
  }

  /** This layer with another activation. */
  public Conv2D activation(Activation other) {
    return new Conv2D(filters, window, padding, groups, other, useBias, kernel, bias);
  }

  /** This layer with or without a bias. */
  public Conv2D useBias(boolean wanted) {
    return new Conv2D(filters, window, padding, groups, activation, wanted, kernel, bias);
  }

  /** This layer with another initialiser of the kernel. */
  public Conv2D kernel(Initializer other) {
    return kernel(kernel.initializer(other));
  }

  /** This layer with another policy for the kernel. */
  public Conv2D kernel(WeightPolicy other) {
    return new Conv2D(filters, window, padding, groups, activation, useBias, other, bias);
  }

  /** This layer with a price on the kernel. */
  public Conv2D kernelRegularizer(Regularizer other) {
    return kernel(kernel.regularizer(other));
  }

  /** This layer with the kernel held to a constraint. */
  public Conv2D kernelConstraint(Constraint other) {
    return kernel(kernel.constraint(other));
  }

  /** This layer with another initialiser of the bias. */
  public Conv2D bias(Initializer other) {
    return bias(bias.initializer(other));
  }

  /** This layer with another policy for the bias. */
  public Conv2D bias(WeightPolicy other) {
    return new Conv2D(filters, window, padding, groups, activation, useBias, kernel, other);
  }

  /** This layer with a price on the bias. */
  public Conv2D biasRegularizer(Regularizer other) {
    return bias(bias.regularizer(other));
  }

  /** This layer with the bias held to a constraint. */
  public Conv2D biasConstraint(Constraint other) {
    return bias(bias.constraint(other));
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Shape output = Images.output(this, input, window, padding).with(2, filters);
    if (input.extent(2) % groups != 0) {
      throw error(groups + " groups do not divide the channels", input);
    }
    Shape taps =
        Shape.of(
            window.height().kernel(), window.width().kernel(), input.extent(2) / groups, filters);
    Parameter filter = weights.weight("kernel", taps, kernel);
    Parameter offset = useBias ? weights.weight("bias", Shape.of(filters), bias) : null;
    boolean fused = activation.equals(Activation.RELU);
    Conv2d conv = new Conv2d(padding.over(input, window), groups, fused);
    Activation rest = fused ? Activation.LINEAR : activation;
    return Block.of(
        output,
        (x, _) -> {
          Tensor image = Images.toOperator(x);
          Tensor w = filter.with(x).permute(3, 2, 0, 1);
          Tensor y = offset == null ? conv.apply(image, w) : conv.apply(image, w, offset.with(x));
          return rest.apply(Images.fromOperator(y));
        });
  }
}
