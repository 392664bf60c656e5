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
import java.util.function.BinaryOperator;

/**
 * Convolution of each channel of an image alone, and then of all channels pixel by pixel, channels
 * last (Chollet 2017). Input: {@code [height, width, channels]}. Output: {@code [outHeight,
 * outWidth, filters]}. Weights: {@code depthwise_kernel [kernelHeight, kernelWidth, channels,
 * depthMultiplier]}, {@code pointwise_kernel [1, 1, channels * depthMultiplier, filters]}, {@code
 * bias [filters]}. Keras' {@code SeparableConv2D}.
 *
 * @param filters channels of the output
 * @param depthMultiplier channels that the first convolution makes of each
 * @param settings what it shares with other convolutions; window and kernel are the first one's
 * @param pointwise how the second kernel is made and held
 */
public record SeparableConv2D(
    long filters, long depthMultiplier, ConvolutionSettings settings, WeightPolicy pointwise)
    implements ImageConvolution<SeparableConv2D> {
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
    ConvolutionSettings settings = ConvolutionSettings.of(Window.of(kernelSize));
    return new SeparableConv2D(filters, 1, settings, settings.kernel());
  }

  @Override
  public SeparableConv2D settings(ConvolutionSettings other) {
    return new SeparableConv2D(filters, depthMultiplier, other, pointwise);
  }

  /** How the depthwise kernel is made and held. */
  public WeightPolicy depthwise() {
    return settings.kernel();
  }

  /** This layer with so many channels made of each. */
  public SeparableConv2D depthMultiplier(long other) {
    return new SeparableConv2D(filters, other, settings, pointwise);
  }

  /** This layer with another initialiser of the depthwise kernel. */
  public SeparableConv2D depthwise(Initializer other) {
    return depthwise(depthwise().initializer(other));
  }

  /** This layer with another policy for the depthwise kernel. */
  public SeparableConv2D depthwise(WeightPolicy other) {
    return settings(settings.with(draft -> draft.kernel = other));
  }

  /** This layer with a price on the depthwise kernel. */
  public SeparableConv2D depthwiseRegularizer(Regularizer other) {
    return depthwise(depthwise().regularizer(other));
  }

  /** This layer with the depthwise kernel held to a constraint. */
  public SeparableConv2D depthwiseConstraint(Constraint other) {
    return depthwise(depthwise().constraint(other));
  }

  /** This layer with another initialiser of the pointwise kernel. */
  public SeparableConv2D pointwise(Initializer other) {
    return pointwise(pointwise.initializer(other));
  }

  /** This layer with another policy for the pointwise kernel. */
  public SeparableConv2D pointwise(WeightPolicy other) {
    return new SeparableConv2D(filters, depthMultiplier, settings, other);
  }

  /** This layer with a price on the pointwise kernel. */
  public SeparableConv2D pointwiseRegularizer(Regularizer other) {
    return pointwise(pointwise.regularizer(other));
  }

  /** This layer with the pointwise kernel held to a constraint. */
  public SeparableConv2D pointwiseConstraint(Constraint other) {
    return pointwise(pointwise.constraint(other));
  }

  @Override
  public Block build(Weights weights, Shape input) {
    long channels = input.rank() == 3 ? input.extent(2) : 0;
    long middle = Math.multiplyExact(channels, depthMultiplier);
    Shape output = Images.output(this, input, window(), padding()).with(2, filters);
    long high = window().height().kernel();
    long wide = window().width().kernel();
    Shape taps = Shape.of(high, wide, channels, depthMultiplier);
    Parameter first = weights.weight("depthwise_kernel", taps, depthwise());
    Shape pixel = Shape.of(1, 1, middle, filters);
    Parameter second = weights.weight("pointwise_kernel", pixel, pointwise);
    Conv2d each = new Conv2d(padding().over(input, window()), channels, false);
    BinaryOperator<Tensor> all = settings.convolution(weights, Window.of(1), 1, filters);
    return Block.of(
        output,
        (x, _) -> {
          Tensor w = first.with(x).reshape(high, wide, 1, middle).permute(3, 2, 0, 1);
          Tensor image = each.apply(Images.toOperator(x), w);
          return all.apply(Images.fromOperator(image), second.with(x));
        });
  }
}
