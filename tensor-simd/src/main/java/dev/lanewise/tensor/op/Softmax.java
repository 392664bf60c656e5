package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.ReduceKernel;
import dev.lanewise.kernel.Reduction;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.ZipKernel;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * {@code e^x / sum(e^x)} along an axis (Bridle 1990), computed as {@code e^(x - max(x))} so that it
 * does not overflow. Input and output: any shape with such an axis.
 *
 * @param axis the axis, from the end where negative
 */
public record Softmax(int axis) implements Op {
  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 1);
    return alongAxis(name(), in, axis);
  }

  /** The output of a function along an axis, of floating operands of one shape. */
  static Specs alongAxis(String operator, Specs in, int axis) {
    DType dtype = in.requireFloating(operator);
    in.shape(0).axis(operator, axis);
    for (Spec spec : in.asList()) {
      if (!spec.shape().equals(in.shape(0))) {
        throw in.error(operator, "shapes differ");
      }
    }
    return Specs.of(new Spec(dtype, in.first().layout().packed()));
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor x = operands.input(0);
    Element element = x.dtype().element();
    Kernels kernels = operands.engine().kernels();
    ReduceKernel max = kernels.reduce(Reduction.MAX, element);
    ReduceKernel sum = kernels.reduce(Reduction.SUM, element);
    ZipKernel expSub = kernels.zip(Lane.EXP_SUB, element);
    ZipKernel div = kernels.zip(Lane.DIV, element);
    return new Lines(operands, x.shape().axis(name(), axis), 1, x, operands.output(0)) {
      @Override
      void block(long line, long at0, long at1, long at2, long buffer, long count) {
        fold(max, 0, at0, buffer, count);
        zipBuffer(expSub, 0, at0, buffer, 1, at1, count);
        fold(sum, 1, at1, buffer, count);
        zipBuffer(div, 1, at1, buffer, 1, at1, count);
      }
    };
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public Keeps keeps() {
    return Keeps.outputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad(axis).apply(saved.output(0), grads.at(0)));
  }

  /**
   * {@code y (grad - sum(grad y))} along an axis. Inputs: y and grad of one shape.
   *
   * @param axis the axis, from the end where negative
   */
  public record Grad(int axis) implements Op {
    @Override
    public String name() {
      return "softmaxGrad";
    }

    @Override
    public Specs infer(Specs in) {
      in.requireCount(name(), 2);
      return alongAxis(name(), in, axis);
    }

    @Override
    public Step prepare(Operands operands) {
      Tensor y = operands.input(0);
      Element element = y.dtype().element();
      Kernels kernels = operands.engine().kernels();
      ReduceKernel sum = kernels.reduce(Reduction.SUM, element);
      ZipKernel mul = kernels.zip(Lane.MUL, element);
      TernaryKernel grad = kernels.ternary(Lane.SOFTMAX_GRAD, element);
      int along = y.shape().axis(name(), axis);
      return new Lines(operands, along, 1, y, operands.input(1), operands.output(0)) {
        @Override
        void block(long line, long at0, long at1, long at2, long buffer, long count) {
          zip(mul, at0, at1, at2, count);
          fold(sum, 2, at2, buffer, count);
          ternaryBuffer(grad, at0, at1, buffer, at2, count);
        }
      };
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor y = saved.input(0);
      Tensor grad = saved.input(1);
      Tensor above = grads.at(0);
      int[] axes = {axis};
      Tensor toY = null;
      if (wanted.input(0)) {
        Tensor centred = grad.sub(Sum.over(axes, true).apply(grad.mul(y)));
        toY = above.mul(centred).sub(grad.mul(Sum.over(axes, true).apply(above.mul(y))));
      }
      return Grads.of(toY, wanted.input(1) ? new Grad(axis).apply(y, above) : null);
    }
  }
}
