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
 * Convolution of each channel of an image alone, and then of all channels pixel by pixel, channels
 * last (Chollet 2017). Input: {@code [height, width, channels]}. Output: {@code [outHeight,
 * outWidth, filters]}. Weights: {@code depthwise_kernel [kernelHeight, kernelWidth, channels,
 * depthMultiplier]}, {@code pointwise_kernel [1, 1, channels * depthMultiplier, filters]}, {@code
 * bias [filters]}. Keras' {@code SeparableConv2D}.
 *
 * @param filters channels of the output
 * @param window taps and steps of the first convolution, without pads
 * @param depthMultiplier channels that the first convolution makes of each
 * @param padding what happens at the edges
 * @param activation applied at the end
 * @param useBias whether there is a bias
 * @param depthwise how the first kernel is made and held
 * @param pointwise how the second kernel is made and held
 * @param bias how the bias is made and held
 */
public record SeparableConv2D(
    long filters,
    Window window,
    long depthMultiplier,
    Padding padding,
    Activation activation,
    boolean useBias,
    WeightPolicy depthwise,
    WeightPolicy pointwise,
    WeightPolicy bias)
    implements Layer {
  /** Checks filters and multiplier. */
  public SeparableConv2D {
    if (filters < 1 || depthMultiplier < 1) {
      throw new IllegalArgumentException(
          "separableConv2D: filters and a depth multiplier of at least one, not %d and %d"
              .formatted(filters, depthMultiplier));
    }
  }

  /**
   * Linear, a square window, by one step, {@link Padding#VALID}, with a bias of zeros and kernels
   * after Glorot.
   */
  public static SeparableConv2D of(long filters, long kernelSize) {
    return new SeparableConv2D(
        filters,
        Window.of(kernelSize),
        1,
        Padding.VALID,
        Activation.LINEAR,
        true,
        WeightPolicy.of(Initializer.GLOROT_UNIFORM),
        WeightPolicy.of(Initializer.GLOROT_UNIFORM),
        WeightPolicy.of(Initializer.ZEROS));
  }

  /** This layer with a window that moves by so many places along both axes. */
  public SeparableConv2D strides(long both) {
    return strides(both, both);
  }

  /** This layer with a window that moves by these places. */
  public SeparableConv2D strides(long down, long across) {
    return window(window.stride(down, across));
  }

  /** This layer with the taps of its window so many places apart. */
  public SeparableConv2D dilation(long both) {
    return window(window.dilation(both));
  }

  /** This layer with another window. */
  public SeparableConv2D window(Window other) {
    return new SeparableConv2D(
        filters, other, depthMultiplier, padding, activation, useBias, depthwise, pointwise, bias);
  }

  /** This layer with so many channels made of each. */
  public SeparableConv2D depthMultiplier(long other) {
    return new SeparableConv2D(
        filters, window, other, padding, activation, useBias, depthwise, pointwise, bias);
  }

  /** This layer with other edges. */
  public SeparableConv2D padding(Padding other) {
    return new SeparableConv2D(
        filters, window, depthMultiplier, other, activation, useBias, depthwise, pointwise, bias);
  }

  /** This layer with another activation. */
  public SeparableConv2D activation(Activation other) {
    return new SeparableConv2D(
        filters, window, depthMultiplier, padding, other, useBias, depthwise, pointwise, bias);
  }

  /** This layer with or without a bias. */
  public SeparableConv2D useBias(boolean wanted) {
    return new SeparableConv2D(
        filters, window, depthMultiplier, padding, activation, wanted, depthwise, pointwise, bias);
  }

  /** This layer with another initialiser of the depthwise kernel. */
  public SeparableConv2D depthwise(Initializer other) {
    return depthwise(depthwise.initializer(other));
  }

  /** This layer with another policy for the depthwise kernel. */
  public SeparableConv2D depthwise(WeightPolicy other) {
    return new SeparableConv2D(
        filters, window, depthMultiplier, padding, activation, useBias, other, pointwise, bias);
  }

  /** This layer with a price on the depthwise kernel. */
  public SeparableConv2D depthwiseRegularizer(Regularizer other) {
    return depthwise(depthwise.regularizer(other));
  }

  /** This layer with the depthwise kernel held to a constraint. */
  public SeparableConv2D depthwiseConstraint(Constraint other) {
    return depthwise(depthwise.constraint(other));
  }

  /** This layer with another initialiser of the pointwise kernel. */
  public SeparableConv2D pointwise(Initializer other) {
    return pointwise(pointwise.initializer(other));
  }

  /** This layer with another policy for the pointwise kernel. */
  public SeparableConv2D pointwise(WeightPolicy other) {
    return new SeparableConv2D(
        filters, window, depthMultiplier, padding, activation, useBias, depthwise, other, bias);
  }

  /** This layer with a price on the pointwise kernel. */
  public SeparableConv2D pointwiseRegularizer(Regularizer other) {
    return pointwise(pointwise.regularizer(other));
  }

  /** This layer with the pointwise kernel held to a constraint. */
  public SeparableConv2D pointwiseConstraint(Constraint other) {
    return pointwise(pointwise.constraint(other));
  }

  /** This layer with another initialiser of the bias. */
  public SeparableConv2D bias(Initializer other) {
    return bias(bias.initializer(other));
  }

  /** This layer with another policy for the bias. */
  public SeparableConv2D bias(WeightPolicy other) {
    return new SeparableConv2D(
        filters,
        window,
        depthMultiplier,
        padding,
        activation,
        useBias,
        depthwise,
        pointwise,
        other);
  }

  /** This layer with a price on the bias. */
  public SeparableConv2D biasRegularizer(Regularizer other) {
    return bias(bias.regularizer(other));
  }

  /** This layer with the bias held to a constraint. */
  public SeparableConv2D biasConstraint(Constraint other) {
    return bias(bias.constraint(other));
  }

  @Override
  public Block build(Weights weights, Shape input) {
    long channels = input.rank() == 3 ? input.extent(2) : 0;
    long middle = Math.multiplyExact(channels, depthMultiplier);
    Shape output = Images.output(this, input, window, padding).with(2, filters);
    long high = window.height().kernel();
    long wide = window.width().kernel();
    Shape taps = Shape.of(high, wide, channels, depthMultiplier);
    Parameter first = weights.weight("depthwise_kernel", taps, depthwise);
    Shape pixel = Shape.of(1, 1, middle, filters);
    Parameter second = weights.weight("pointwise_kernel", pixel, pointwise);
    Parameter offset = useBias ? weights.weight("bias", Shape.of(filters), bias) : null;
    boolean fused = activation.equals(Activation.RELU);
    Conv2d each = new Conv2d(padding.over(input, window), channels, false);
    Conv2d all = new Conv2d(Window.of(1), 1, fused);
    Activation rest = fused ? Activation.LINEAR : activation;
    return Block.of(
        output,
        (x, _) -> {
          Tensor w = first.with(x).reshape(high, wide, 1, middle).permute(3, 2, 0, 1);
          Tensor image = each.apply(Images.toOperator(x), w);
          Tensor v = second.with(x).permute(3, 2, 0, 1);
          Tensor y = offset == null ? all.apply(image, v) : all.apply(image, v, offset.with(x));
          return rest.apply(Images.fromOperator(y));
        });
  }
}
