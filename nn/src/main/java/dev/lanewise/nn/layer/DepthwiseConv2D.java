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
 * Convolution of each channel of an image alone, channels last. Input: {@code [height, width,
 * channels]}. Output: {@code [outHeight, outWidth, channels * depthMultiplier]}, those of one
 * channel side by side. Weights: {@code kernel [kernelHeight, kernelWidth, channels,
 * depthMultiplier]}, {@code bias [channels * depthMultiplier]}. Keras' {@code DepthwiseConv2D}.
 *
 * @param window taps and steps, without pads
 * @param depthMultiplier channels made of each
 * @param padding what happens at the edges
 * @param activation applied at the end
 * @param useBias whether there is a bias
 * @param kernel how the kernel is made and held
 * @param bias how the bias is made and held
 */
public record DepthwiseConv2D(
    Window window,
    long depthMultiplier,
    Padding padding,
    Activation activation,
    boolean useBias,
    WeightPolicy kernel,
    WeightPolicy bias)
    implements Layer {
  /** Checks the multiplier. */
  public DepthwiseConv2D {
    if (depthMultiplier < 1) {
      throw new IllegalArgumentException(
          "depthwiseConv2D: a depth multiplier of at least one, not " + depthMultiplier);
    }
  }

  /** With a square window. */
  public static DepthwiseConv2D of(long kernelSize) {
    return of(kernelSize, kernelSize);
  }

  /**
   * Linear, one channel of each, by one step, {@link Padding#VALID}, with a bias of zeros and a
   * kernel after Glorot.
   */
  public static DepthwiseConv2D of(long kernelHeight, long kernelWidth) {
    return new DepthwiseConv2D(
        Window.of(kernelHeight, kernelWidth),
        1,
        Padding.VALID,
        Activation.LINEAR,
        true,
        WeightPolicy.of(Initializer.GLOROT_UNIFORM),
        WeightPolicy.of(Initializer.ZEROS));
  }

  /** This layer with a window that moves by so many places along both axes. */
  public DepthwiseConv2D strides(long both) {
    return strides(both, both);
  }

  /** This layer with a window that moves by these places. */
  public DepthwiseConv2D strides(long down, long across) {
    return window(window.stride(down, across));
  }

  /** This layer with the taps of its window so many places apart. */
  public DepthwiseConv2D dilation(long both) {
    return window(window.dilation(both));
  }

  /** This layer with another window. */
  public DepthwiseConv2D window(Window other) {
    return new DepthwiseConv2D(other, depthMultiplier, padding, activation, useBias, kernel, bias);
  }

  /** This layer with so many channels made of each. */
  public DepthwiseConv2D depthMultiplier(long other) {
    return new DepthwiseConv2D(window, other, padding, activation, useBias, kernel, bias);
  }

  /** This layer with other edges. */
  public DepthwiseConv2D padding(Padding other) {
    return new DepthwiseConv2D(window, depthMultiplier, other, activation, useBias, kernel, bias);
  }

  /** This layer with another activation. */
  public DepthwiseConv2D activation(Activation other) {
    return new DepthwiseConv2D(window, depthMultiplier, padding, other, useBias, kernel, bias);
  }

  /** This layer with or without a bias. */
  public DepthwiseConv2D useBias(boolean wanted) {
    return new DepthwiseConv2D(window, depthMultiplier, padding, activation, wanted, kernel, bias);
  }

  /** This layer with another initialiser of the kernel. */
  public DepthwiseConv2D kernel(Initializer other) {
    return kernel(kernel.initializer(other));
  }

  /** This layer with another policy for the kernel. */
  public DepthwiseConv2D kernel(WeightPolicy other) {
    return new DepthwiseConv2D(window, depthMultiplier, padding, activation, useBias, other, bias);
  }

  /** This layer with a price on the kernel. */
  public DepthwiseConv2D kernelRegularizer(Regularizer other) {
    return kernel(kernel.regularizer(other));
  }

  /** This layer with the kernel held to a constraint. */
  public DepthwiseConv2D kernelConstraint(Constraint other) {
    return kernel(kernel.constraint(other));
  }

  /** This layer with another initialiser of the bias. */
  public DepthwiseConv2D bias(Initializer other) {
    return bias(bias.initializer(other));
  }

  /** This layer with another policy for the bias. */
  public DepthwiseConv2D bias(WeightPolicy other) {
    return new DepthwiseConv2D(
        window, depthMultiplier, padding, activation, useBias, kernel, other);
  }

  /** This layer with a price on the bias. */
  public DepthwiseConv2D biasRegularizer(Regularizer other) {
    return bias(bias.regularizer(other));
  }

  /** This layer with the bias held to a constraint. */
  public DepthwiseConv2D biasConstraint(Constraint other) {
    return bias(bias.constraint(other));
  }

  @Override
  public Block build(Weights weights, Shape input) {
    long channels = input.rank() == 3 ? input.extent(2) : 0;
    long outputs = Math.multiplyExact(channels, depthMultiplier);
    Shape output = Images.output(this, input, window, padding).with(2, outputs);
    long high = window.height().kernel();
    long wide = window.width().kernel();
    Shape taps = Shape.of(high, wide, channels, depthMultiplier);
    Parameter filter = weights.weight("kernel", taps, kernel);
    Parameter offset = useBias ? weights.weight("bias", Shape.of(outputs), bias) : null;
    boolean fused = activation.equals(Activation.RELU);
    Conv2d conv = new Conv2d(padding.over(input, window), channels, fused);
    Activation rest = fused ? Activation.LINEAR : activation;
    return Block.of(
        output,
        (x, _) -> {
          Tensor image = Images.toOperator(x);
          Tensor w = filter.with(x).reshape(high, wide, 1, outputs).permute(3, 2, 0, 1);
          Tensor y = offset == null ? conv.apply(image, w) : conv.apply(image, w, offset.with(x));
          return rest.apply(Images.fromOperator(y));
        });
  }
}
