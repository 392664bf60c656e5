package dev.lanewise.tensor.op;

import dev.lanewise.kernel.ConvolutionShape;
import dev.lanewise.kernel.Image;
import dev.lanewise.kernel.PoolKernel;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
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
 * The mean under a window that moves over an image, channel by channel. Input: {@code [n, c, h,
 * w]}. Output: {@code [n, c, oh, ow]}, channels last in memory.
 *
 * @param window the window
 * @param countPads whether pads count as zeros ({@code count_include_pad} of ONNX), or the mean is
 *     of the places inside the image only
 */
public record AvgPool2d(Window window, boolean countPads) implements Op {
  @Override
  public Specs infer(Specs in) {
    return Specs.of(Pooling.infer(name(), in, window));
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor x = operands.input(0);
    PoolKernel kernel = operands.engine().kernels().pool(x.dtype().element());
    ConvolutionShape shape = window.over(x.shape(), operands.output(0).shape());
    ChannelsLast image = ChannelsLast.of(operands, x);
    Image out = ChannelsLast.image(operands.output(0));
    SharedRange lines =
        Pooling.lines(
            operands,
            shape,
            shape.outHeight(),
            (from, to, slot) -> kernel.average(shape, countPads, image.image(), out, from, to));
    return () -> {
      image.refresh().run();
      lines.run();
    };
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Shape image = saved.inputSpec(0).shape();
    return Grads.of(
        new InputGrad(window, countPads, image.extent(2), image.extent(3)).apply(grads.at(0)));
  }

  /**
   * Shares every gradient among the places it is the mean of. Input: {@code [n, c, oh, ow]}.
   * Output: {@code [n, c, height, width]}.
   */
  public record InputGrad(Window window, boolean countPads, long height, long width) implements Op {
    @Override
    public String name() {
      return "avgPool2dInputGrad";
    }

    @Override
    public Specs infer(Specs in) {
      in.requireCount(name(), 1);
      return Specs.of(
          new Spec(
              in.requireFloating(name()),
              ChannelsLast.layout(Pooling.image(name(), in, 0, window, height, width))));
    }

    @Override
    public Step prepare(Operands operands) {
      Tensor grad = operands.input(0);
      PoolKernel kernel = operands.engine().kernels().pool(grad.dtype().element());
      ConvolutionShape shape = window.over(operands.output(0).shape(), grad.shape());
      ChannelsLast from = ChannelsLast.of(operands, grad);
      Image out = ChannelsLast.image(operands.output(0));
      SharedRange lines =
          Pooling.lines(
              operands,
              shape,
              height,
              (first, end, slot) ->
                  kernel.averageGradient(shape, countPads, from.image(), out, first, end));
      return () -> {
        from.refresh().run();
        lines.run();
      };
    }

    @Override
    public Keeps keeps() {
      return Keeps.nothing();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      return Grads.of(new AvgPool2d(window, countPads).apply(grads.at(0)));
    }
  }
}
