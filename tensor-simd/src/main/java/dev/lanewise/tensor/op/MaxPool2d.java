package dev.lanewise.tensor.op;

import dev.lanewise.kernel.ConvolutionShape;
import dev.lanewise.kernel.Image;
import dev.lanewise.kernel.PoolKernel;
import dev.lanewise.tensor.DType;
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
 * The greatest element under a window that moves over an image, channel by channel. Pads never win;
 * NaN does.
 *
 * <p>Input: {@code [n, c, h, w]}. Output: {@code [n, c, oh, ow]}, channels last in memory. A second
 * output, which backward reads, is the position {@code h * width + w} of each greatest element, of
 * equals the first, as i32.
 *
 * @param window the window
 * @param positions whether there is the second output; without it backward computes it first
 */
public record MaxPool2d(Window window, boolean positions) implements Op {
  /** The pool that remembers positions, for training. */
  public static MaxPool2d of(Window window) {
    return new MaxPool2d(window, true);
  }

  @Override
  public Specs infer(Specs in) {
    Spec out = Pooling.infer(name(), in, window);
    if (!positions) {
      return Specs.of(out);
    }
    long pixels = in.shape(0).extent(2) * in.shape(0).extent(3);
    if (pixels > Integer.MAX_VALUE) {
      throw in.error(name(), "positions among " + pixels + " pixels do not fit i32");
    }
    return Specs.of(out, new Spec(DType.I32, out.layout()));
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor x = operands.input(0);
    PoolKernel kernel = operands.engine().kernels().pool(x.dtype().element());
    ConvolutionShape shape = window.over(x.shape(), operands.output(0).shape());
    ChannelsLast image = ChannelsLast.of(operands, x);
    Image out = ChannelsLast.image(operands.output(0));
    Image where = positions ? ChannelsLast.image(operands.output(1)) : null;
    SharedRange lines =
        Pooling.lines(
            operands,
            shape,
            shape.outHeight(),
            (from, to, slot) -> kernel.max(shape, image.image(), out, where, from, to));
    return () -> {
      image.refresh().run();
      lines.run();
    };
  }

  @Override
  public int visibleOutputs() {
    return positions ? 2 : 1;
  }

  @Override
  public Keeps keeps() {
    return positions ? new Keeps(0, 2) : Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor where = positions ? saved.output(1) : of(window).applyAll(saved.input(0))[1];
    Shape image = saved.inputSpec(0).shape();
    return Grads.of(
        new InputGrad(window, image.extent(2), image.extent(3)).apply(where, grads.at(0)));
  }

  private static void requireTypes(String operator, Specs in, int positions, int values) {
    in.requireCount(operator, 2);
    if (!in.at(positions).dtype().equals(DType.I32)) {
      throw in.error(operator, "positions of i32 expected, not " + in.at(positions).dtype());
    }
    if (!in.at(values).dtype().isFloating()) {
      throw in.error(
          operator, "f32 or f64 expected, not " + in.at(values).dtype() + ": cast first");
    }
  }

  /**
   * Adds every gradient at the position its greatest element came from. Inputs: positions, each
   * inside its window, and gradients, both {@code [n, c, oh, ow]}. Output: {@code [n, c, height,
   * width]}.
   */
  public record InputGrad(Window window, long height, long width) implements Op {
    @Override
    public String name() {
      return "maxPool2dInputGrad";
    }

    @Override
    public Specs infer(Specs in) {
      requireTypes(name(), in, 0, 1);
      if (!in.shape(0).equals(in.shape(1))) {
        throw in.error(name(), "shapes of positions and gradients differ");
      }
      return Specs.of(
          new Spec(
              in.at(1).dtype(),
              ChannelsLast.layout(Pooling.image(name(), in, 1, window, height, width))));
    }

    @Override
    public Step prepare(Operands operands) {
      Tensor grad = operands.input(1);
      PoolKernel kernel = operands.engine().kernels().pool(grad.dtype().element());
      ConvolutionShape shape = window.over(operands.output(0).shape(), grad.shape());
      ChannelsLast where = ChannelsLast.of(operands, operands.input(0));
      ChannelsLast from = ChannelsLast.of(operands, grad);
      Image out = ChannelsLast.image(operands.output(0));
      SharedRange lines =
          Pooling.lines(
              operands,
              shape,
              height,
              (first, end, slot) ->
                  kernel.maxGradient(shape, where.image(), from.image(), out, first, end));
      return () -> {
        where.refresh().run();
        from.refresh().run();
        lines.run();
      };
    }

    @Override
    public Keeps keeps() {
      return new Keeps(1, 0);
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      return Grads.of(null, new Pick(window).apply(grads.at(0), saved.input(0)));
    }
  }

  /**
   * The elements of images at positions. Inputs: {@code [n, c, h, w]} and positions {@code [n, c,
   * oh, ow]}. Output: of the positions' shape.
   */
  public record Pick(Window window) implements Op {
    @Override
    public String name() {
      return "maxPool2dPick";
    }

    @Override
    public Specs infer(Specs in) {
      requireTypes(name(), in, 1, 0);
      Shape image = in.shape(0);
      if (image.rank() != 4
          || !image.equals(
              Pooling.image(name(), in, 1, window, image.extent(2), image.extent(3)))) {
        throw in.error(name(), "an image [n, c, h, w] and positions of its pool expected");
      }
      return Specs.of(new Spec(in.first().dtype(), ChannelsLast.layout(in.shape(1))));
    }

    @Override
    public Step prepare(Operands operands) {
      Tensor x = operands.input(0);
      PoolKernel kernel = operands.engine().kernels().pool(x.dtype().element());
      ConvolutionShape shape = window.over(x.shape(), operands.output(0).shape());
      ChannelsLast image = ChannelsLast.of(operands, x);
      ChannelsLast where = ChannelsLast.of(operands, operands.input(1));
      Image out = ChannelsLast.image(operands.output(0));
      SharedRange lines =
          Pooling.lines(
              operands,
              shape,
              shape.outHeight(),
              (from, to, slot) -> kernel.pick(shape, image.image(), where.image(), out, from, to));
      return () -> {
        image.refresh().run();
        where.refresh().run();
        lines.run();
      };
    }

    @Override
    public Keeps keeps() {
      return new Keeps(2, 0);
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Shape image = saved.inputSpec(0).shape();
      return Grads.of(
          new InputGrad(window, image.extent(2), image.extent(3))
              .apply(saved.input(1), grads.at(0)));
    }
  }
}
