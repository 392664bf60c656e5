package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.ReduceKernel;
import dev.lanewise.kernel.Reduction;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.ZipKernel;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * {@code x - log(sum(e^x))} along an axis, computed as {@code (x - m) - log(sum(e^(x - m)))} with
 * {@code m = max(x)}. Input and output: any shape with such an axis.
 *
 * @param axis the axis, from the end where negative
 */
public record LogSoftmax(int axis) implements Op {
  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 1);
    return Softmax.alongAxis(name(), in, axis);
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor x = operands.input(0);
    Element element = x.dtype().element();
    int width = element.bytes();
    Kernels kernels = operands.engine().kernels();
    ReduceKernel max = kernels.reduce(Reduction.MAX, element);
    ReduceKernel sum = kernels.reduce(Reduction.SUM, element);
    ZipKernel expSub = kernels.zip(Lane.EXP_SUB, element);
    ZipKernel sub = kernels.zip(Lane.SUB, element);
    MapKernel log = kernels.map(Lane.LOG, element);
    return new Lines(operands, x.shape().axis(name(), axis), 2, x, operands.output(0)) {
      @Override
      void block(long line, long at0, long at1, long at2, long buffer, long count) {
        long logs = buffer + bufferBytes;
        fold(max, 0, at0, buffer, count);
        zipBuffer(expSub, 0, at0, buffer, 1, at1, count);
        fold(sum, 1, at1, logs, count);
        log.run(buffers, logs, width, buffers, logs, width, count, 0, 0);
        zipBuffer(sub, 0, at0, buffer, 1, at1, count);
        zipBuffer(sub, 1, at1, logs, 1, at1, count);
      }
    };
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
   * {@code grad - e^y sum(grad)} along an axis. Inputs: y and grad of one shape.
   *
   * @param axis the axis, from the end where negative
   */
  public record Grad(int axis) implements Op {
    @Override
    public String name() {
      return "logSoftmaxGrad";
    }

    @Override
    public Specs infer(Specs in) {
      in.requireCount(name(), 2);
      return Softmax.alongAxis(name(), in, axis);
    }

    @Override
    public Step prepare(Operands operands) {
      Tensor y = operands.input(0);
      Element element = y.dtype().element();
      Kernels kernels = operands.engine().kernels();
      ReduceKernel sum = kernels.reduce(Reduction.SUM, element);
      TernaryKernel grad = kernels.ternary(Lane.LOG_SOFTMAX_GRAD, element);
      int along = y.shape().axis(name(), axis);
      return new Lines(operands, along, 1, y, operands.input(1), operands.output(0)) {
        @Override
        void block(long line, long at0, long at1, long at2, long buffer, long count) {
          fold(sum, 1, at1, buffer, count);
          ternaryBuffer(grad, at0, at1, buffer, at2, count);
        }
      };
    }

    @Override
    public boolean inPlace() {
      return true;
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor above = grads.at(0);
      Tensor raised = saved.input(0).exp();
      int[] axes = {axis};
      Tensor toY = null;
      if (wanted.input(0)) {
        toY = above.mul(raised).mul(Sum.over(axes, true).apply(saved.input(1))).neg();
      }
      return Grads.of(
          toY, wanted.input(1) ? above.sub(Sum.over(axes, true).apply(above.mul(raised))) : null);
    }
  }
}
