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
 * Transposed convolution over images, channels last: what {@link Conv2D} does to a gradient (Zeiler
 * et al. 2010). Input: {@code [height, width, channels]}. Output: {@code [outHeight, outWidth,
 * filters]}, where an extent {@code e} becomes {@code e * stride} with {@link Padding#SAME} and
 * {@code e * stride + max(kernel - stride, 0)} with {@link Padding#VALID}; the crop of SAME is the
 * pad of the convolution back, so an odd one is larger at the end. Weights: {@code kernel
 * [kernelHeight, kernelWidth, filters, channels]}, {@code bias [filters]}. Keras' {@code
 * Conv2DTranspose}.
 *
 * @param filters channels of the output
 * @param window taps and steps, without pads
 * @param padding what happens at the edges
 * @param activation applied at the end
 * @param useBias whether there is a bias
 * @param kernel how the kernel is made and held
 * @param bias how the bias is made and held
 */
public record Conv2DTranspose(
    long filters,
    Window window,
    Padding padding,
    Activation activation,
    boolean useBias,
    WeightPolicy kernel,
    WeightPolicy bias)
    implements Layer {
  /** Checks that there are filters. */
  public Conv2DTranspose {
    if (filters < 1) {
      throw new IllegalArgumentException("conv2DTranspose: at least one filter, not " + filters);
    }
  }

  /**
   * Linear, a square window, by one step, VALID, with a bias of zeros and a kernel after Glorot.
   */
  public static Conv2DTranspose of(long filters, long kernelSize) {
    return new Conv2DTranspose(
        filters,
        Window.of(kernelSize, kernelSize),
        Padding.VALID,
        Activation.LINEAR,
        true,
        WeightPolicy.of(Initializer.GLOROT_UNIFORM),
        WeightPolicy.of(Initializer.ZEROS));
  }

  /** This layer with pixels of the input spread so many places along both axes. */
  public Conv2DTranspose strides(long both) {
    return window(window.stride(both, both));
  }

  /** This layer with another window. */
  public Conv2DTranspose window(Window other) {
    return new Conv2DTranspose(filters, other, padding, activation, useBias, kernel, bias);
  }

  /** This layer with other edges. */
  public Conv2DTranspose padding(Padding other) {
    return new Conv2DTranspose(filters, window, other, activation, useBias, kernel, bias);
  }

  /** This layer with another activation. */
  public Conv2DTranspose activation(Activation other) {
    return new Conv2DTranspose(filters, window, padding, other, useBias, kernel, bias);
  }

  /** This layer with or without a bias. */
  public Conv2DTranspose useBias(boolean wanted) {
    return new Conv2DTranspose(filters, window, padding, activation, wanted, kernel, bias);
  }

  /** This layer with another initialiser of the kernel. */
  public Conv2DTranspose kernel(Initializer other) {
    return kernel(kernel.initializer(other));
  }

  /** This layer with another policy for the kernel. */
  public Conv2DTranspose kernel(WeightPolicy other) {
    return new Conv2DTranspose(filters, window, padding, activation, useBias, other, bias);
  }

  /** This layer with a price on the kernel. */
  public Conv2DTranspose kernelRegularizer(Regularizer other) {
    return kernel(kernel.regularizer(other));
  }

  /** This layer with the kernel held to a constraint. */
  public Conv2DTranspose kernelConstraint(Constraint other) {
    return kernel(kernel.constraint(other));
  }

  /** This layer with another initialiser of the bias. */
  public Conv2DTranspose bias(Initializer other) {
    return bias(bias.initializer(other));
  }

  /** This layer with another policy for the bias. */
  public Conv2DTranspose bias(WeightPolicy other) {
    return new Conv2DTranspose(filters, window, padding, activation, useBias, kernel, other);
  }

  /** This layer with a price on the bias. */
  public Conv2DTranspose biasRegularizer(Regularizer other) {
    return bias(bias.regularizer(other));
  }

  /** This layer with the bias held to a constraint. */
  public Conv2DTranspose biasConstraint(Constraint other) {
    return bias(bias.constraint(other));
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Images.require(this, input);
    Shape output =
        Shape.of(
            extent(input.extent(0), window.height()),
            extent(input.extent(1), window.width()),
            filters);
    Shape taps =
        Shape.of(window.height().kernel(), window.width().kernel(), filters, input.extent(2));
    Parameter filter = weights.weight("kernel", taps, kernel);
    Parameter offset = useBias ? weights.weight("bias", Shape.of(filters), bias) : null;
    Conv2d.InputGrad transposed =
        new Conv2d.InputGrad(padding.over(output, window), 1, output.extent(0), output.extent(1));
    return Block.of(
        output,
        (x, _) -> {
          Tensor w = filter.with(x).permute(3, 2, 0, 1);
          Tensor y = Images.fromOperator(transposed.apply(w, Images.toOperator(x)));
          return activation.apply(offset == null ? y : y.add(offset.with(x)));
        });
  }

  private long extent(long input, Window.Axis axis) {
    long spread = Math.multiplyExact(input, axis.stride());
    return padding == Padding.SAME ? spread : spread + Math.max(axis.span() - axis.stride(), 0);
  }
}
