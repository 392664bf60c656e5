package dev.lanewise.tensor.op;

import dev.lanewise.kernel.ConvolutionShape;
import dev.lanewise.kernel.WriteOut;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * Two-dimensional convolution: {@code out[n, o, y, x] = bias[o] + sum over (kh, kw, c) of w[o, c,
 * kh, kw] * image[n, c', y * strideHeight + kh * dilationHeight - padTop, x * strideWidth + kw *
 * dilationWidth - padLeft]}, where places outside the image are zeros and {@code c'} is channel
 * {@code c} of the group of {@code o}. It is ONNX's {@code Conv}, a cross-correlation.
 *
 * <p>Inputs: {@code [n, c, h, w]}, weights {@code [oc, c / groups, kh, kw]} and, if there is one, a
 * bias {@code [oc]}. Output: {@code [n, oc, oh, ow]}, channels last in memory. An image in another
 * order is copied first.
 *
 * @param window taps, steps and pads; its kernel is that of the weights
 * @param groups into which channels and output channels are cut; as many as channels for a
 *     depthwise convolution
 * @param relu whether negative results become zero
 */
public record Conv2d(Window window, long groups, boolean relu) implements Op {
  /** Checks that there is at least one group. */
  public Conv2d {
    if (groups < 1) {
      throw new IllegalArgumentException("conv2d: at least one group expected, not " + groups);
    }
  }

  /** Convolution in one group. */
  public static Conv2d of(Window window) {
    return new Conv2d(window, 1, false);
  }

  /** This convolution in another number of groups. */
  public Conv2d groups(long other) {
    return new Conv2d(window, other, relu);
  }

  /** This convolution, followed by {@code max(x, 0)}. */
  public Conv2d withRelu() {
    return new Conv2d(window, groups, true);
  }

  @Override
  public Specs infer(Specs in) {
    if (in.size() != 3) {
      in.requireCount(name(), 2);
    }
    DType dtype = in.requireFloating(name());
    Shape image = in.shape(0);
    Shape weights = in.shape(1);
    if (image.rank() != 4 || weights.rank() != 4) {
      throw in.error(name(), "an image [n, c, h, w] and weights [oc, c / groups, kh, kw] expected");
    }
    requireWeights(name(), in, weights, image.extent(1), weights.extent(0));
    if (in.size() == 3 && !in.shape(2).equals(Shape.of(weights.extent(0)))) {
      throw in.error(name(), "a bias [" + weights.extent(0) + "] expected");
    }
    Shape out = window.outputs(name(), in, image, weights.extent(0));
    return Specs.of(new Spec(dtype, ChannelsLast.layout(out)));
  }

  private void requireWeights(
      String operator, Specs in, Shape weights, long channels, long outChannels) {
    if (channels % groups != 0 || outChannels % groups != 0) {
      throw in.error(
          operator,
          groups + " groups do not divide " + channels + " and " + outChannels + " channels");
    }
    Shape expected =
        Shape.of(outChannels, channels / groups, window.height().kernel(), window.width().kernel());
    if (!weights.equals(expected)) {
      throw in.error(operator, "weights " + expected + " expected");
    }
  }

  @Override
  public Step prepare(Operands operands) {
    WriteOut writeOut = WriteOut.PLAIN;
    Step gather = () -> {};
    if (operands.inputs() == 3) {
      Tensor bias = operands.input(2);
      if (bias.extent(0) > 1 && bias.layout().stride(0) != 1) {
        bias = operands.scratch(bias.dtype(), bias.shape());
        gather = Copies.of(operands.input(2), bias);
      }
      writeOut = WriteOut.bias(bias.memory(), bias.at());
    }
    ConvolutionShape shape =
        window.over(operands.input(0).shape(), operands.output(0).shape(), groups);
    Step convolution =
        Convolutions.forward(
            operands,
            shape,
            operands.input(0),
            Convolutions.filter(operands.input(1), groups),
            operands.isConstant(1),
            relu ? writeOut.withRelu() : writeOut);
    Step copy = gather;
    return () -> {
      copy.run();
      convolution.run();
    };
  }

  @Override
  public Keeps keeps() {
    return new Keeps(3, relu ? 1 : 0);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor grad = relu ? new Relu.Grad().apply(saved.output(0), grads.at(0)) : grads.at(0);
    return Grads.of(
        wanted.input(0) ? inputGrad(saved.inputSpec(0)).apply(saved.input(1), grad) : null,
        wanted.input(1) ? new WeightGrad(window, groups).apply(saved.input(0), grad) : null,
        wanted.input(2) ? grad.sum(0, 2, 3) : null);
  }

  private InputGrad inputGrad(Spec image) {
    return new InputGrad(window, groups, image.shape().extent(2), image.shape().extent(3));
  }

  /**
   * The gradient of {@link Conv2d} with respect to its image, which is a transposed convolution.
   * Inputs: weights {@code [oc, c / groups, kh, kw]} and the output's gradient {@code [n, oc, oh,
   * ow]}. Output: {@code [n, c, height, width]}, channels last in memory.
   */
  public record InputGrad(Window window, long groups, long height, long width) implements Op {
    @Override
    public String name() {
      return "conv2dInputGrad";
    }

    @Override
    public Specs infer(Specs in) {
      in.requireCount(name(), 2);
      DType dtype = in.requireFloating(name());
      Shape weights = in.shape(0);
      Shape grad = in.shape(1);
      if (weights.rank() != 4 || grad.rank() != 4) {
        throw in.error(
            name(), "weights [oc, c / groups, kh, kw] and a gradient [n, oc, oh, ow] expected");
      }
      long channels = Math.multiplyExact(weights.extent(1), groups);
      conv().requireWeights(name(), in, weights, channels, grad.extent(1));
      Shape image = Shape.of(grad.extent(0), channels, height, width);
      requireOutput(name(), in, grad, window.outputs(name(), in, image, grad.extent(1)));
      return Specs.of(new Spec(dtype, ChannelsLast.layout(image)));
    }

    private Conv2d conv() {
      return new Conv2d(window, groups, false);
    }

    @Override
    public Step prepare(Operands operands) {
      ConvolutionShape shape =
          window.over(operands.output(0).shape(), operands.input(1).shape(), groups);
      return Convolutions.forward(
          operands,
          shape.transposed(),
          operands.input(1),
          Convolutions.filter(operands.input(0), groups).transposed(shape),
          operands.isConstant(0),
          WriteOut.PLAIN);
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor image = grads.at(0);
      return Grads.of(
          wanted.input(0) ? new WeightGrad(window, groups).apply(image, saved.input(1)) : null,
          wanted.input(1) ? conv().apply(image, saved.input(0)) : null);
    }
  }

  /**
   * The gradient of {@link Conv2d} with respect to its weights. Inputs: the image {@code [n, c, h,
   * w]} and the output's gradient {@code [n, oc, oh, ow]}. Output: {@code [oc, c / groups, kh,
   * kw]}.
   */
  public record WeightGrad(Window window, long groups) implements Op {
    @Override
    public String name() {
      return "conv2dWeightGrad";
    }

    @Override
    public Specs infer(Specs in) {
      in.requireCount(name(), 2);
      DType dtype = in.requireFloating(name());
      Shape image = in.shape(0);
      Shape grad = in.shape(1);
      if (image.rank() != 4 || grad.rank() != 4) {
        throw in.error(name(), "an image [n, c, h, w] and a gradient [n, oc, oh, ow] expected");
      }
      requireOutput(name(), in, grad, window.outputs(name(), in, image, grad.extent(1)));
      Shape weights =
          Shape.of(
              grad.extent(1),
              image.extent(1) / groups,
              window.height().kernel(),
              window.width().kernel());
      conv().requireWeights(name(), in, weights, image.extent(1), grad.extent(1));
      // In memory as layers keep their kernels, [kh, kw, c, oc], so that it need not be moved.
      return Specs.of(new Spec(dtype, Layout.dense(weights, 2, 3, 1, 0)));
    }

    private Conv2d conv() {
      return new Conv2d(window, groups, false);
    }

    @Override
    public Step prepare(Operands operands) {
      ConvolutionShape shape =
          window.over(operands.input(0).shape(), operands.input(1).shape(), groups);
      return Convolutions.filterGradient(
          operands, shape, Convolutions.filter(operands.output(0), groups));
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor weights = grads.at(0);
      InputGrad inputGrad = conv().inputGrad(saved.inputSpec(0));
      return Grads.of(
          wanted.input(0) ? inputGrad.apply(weights, saved.input(1)) : null,
          wanted.input(1) ? conv().apply(saved.input(0), weights) : null);
    }
  }

  private static void requireOutput(String operator, Specs in, Shape grad, Shape expected) {
    if (!grad.equals(expected)) {
      throw in.error(operator, "a gradient " + expected + " expected");
    }
  }
}
