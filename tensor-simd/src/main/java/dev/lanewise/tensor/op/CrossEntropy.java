package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.ReduceKernel;
import dev.lanewise.kernel.Reduction;
import dev.lanewise.kernel.ZipKernel;
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
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The mean over rows of {@code -log(softmax(logits)[label])}. Inputs: logits {@code [n, classes]}
 * of f32 or f64, labels {@code [n]} of i32 or i64. Output: a scalar; hidden, the softmax.
 *
 * <p>Running it throws an {@link IllegalArgumentException} that names the first label that is no
 * class.
 */
public record CrossEntropy() implements Op {
  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 2);
    requireRows(name(), in);
    DType dtype = in.first().dtype();
    return Specs.of(Spec.of(dtype, Shape.scalar()), new Spec(dtype, in.first().layout().packed()));
  }

  private static void requireRows(String operator, Specs in) {
    Indices.requireWithFloating(operator, in);
    Shape rows = in.shape(0);
    Shape labels = in.shape(1);
    if (rows.rank() != 2 || labels.rank() != 1 || rows.extent(0) != labels.extent(0)) {
      throw in.error(operator, "[n, classes] and labels [n] expected");
    }
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor logits = operands.input(0);
    Tensor softmax = operands.output(1);
    Tensor losses = operands.scratch(logits.dtype(), Shape.of(logits.extent(0)));
    Indices labels = Indices.labels(name(), operands, 1, logits.extent(1));
    Step rows = rows(operands, labels, logits, softmax, losses);
    Step mean = Mean.of(operands, losses, operands.output(0), List.of(0));
    return () -> {
      labels.load();
      rows.run();
      mean.run();
    };
  }

  private static Step rows(
      Operands operands, Indices labels, Tensor logits, Tensor softmax, Tensor losses) {
    Element element = logits.dtype().element();
    int width = element.bytes();
    Kernels kernels = operands.engine().kernels();
    ReduceKernel max = kernels.reduce(Reduction.MAX, element);
    ReduceKernel sum = kernels.reduce(Reduction.SUM, element);
    ZipKernel expSub = kernels.zip(Lane.EXP_SUB, element);
    ZipKernel div = kernels.zip(Lane.DIV, element);
    MapKernel log = kernels.map(Lane.LOG, element);
    return new Lines(operands, 1, 2, logits, softmax, losses) {
      @Override
      void block(long line, long at0, long at1, long at2, long buffer, long count) {
        long sums = buffer + bufferBytes;
        fold(max, 0, at0, buffer, count);
        zipBuffer(expSub, 0, at0, buffer, 1, at1, count);
        fold(sum, 1, at1, sums, count);
        zipBuffer(div, 1, at1, sums, 1, at1, count);
        log.run(buffers, sums, width, buffers, sums, width, count, 0, 0);
        for (long i = 0; i < count; i++) {
          long at = at0 + i * lineStride[0] + labels.at(line + i) * axisStride[0];
          double most = Cell.get(buffers, buffer + i * width, width);
          double loss =
              Cell.get(buffers, sums + i * width, width) + (most - Cell.get(memory[0], at, width));
          Cell.set(memory[2], at2 + i * lineStride[2], width, loss);
        }
      }
    };
  }

  @Override
  public Keeps keeps() {
    return new Keeps(0b10, 0b10);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor softmax = saved.output(1);
    Tensor grad = null;
    if (grads.at(0) != null) {
      grad = new Grad().apply(softmax, saved.input(1), grads.at(0));
    }
    if (grads.at(1) != null) {
      Tensor through = new Softmax.Grad(1).apply(softmax, grads.at(1));
      grad = grad == null ? through : grad.add(through);
    }
    return Grads.of(grad);
  }

  /**
   * {@code (softmax - onehot(labels)) grad / n}. Inputs: the softmax {@code [n, classes]}, labels
   * {@code [n]}, the loss's gradient, a scalar.
   */
  public record Grad() implements Op {
    @Override
    public String name() {
      return "crossEntropyGrad";
    }

    @Override
    public Specs infer(Specs in) {
      in.requireCount(name(), 3);
      requireRows(name(), in);
      if (in.shape(2).rank() != 0 || !in.at(2).dtype().equals(in.first().dtype())) {
        throw in.error(name(), "a scalar gradient of the softmax's type expected");
      }
      return Specs.of(new Spec(in.first().dtype(), in.first().layout().packed()));
    }

    @Override
    public Step prepare(Operands operands) {
      Tensor softmax = operands.input(0);
      MemorySegment grad = operands.input(2).memory();
      long gradAt = operands.input(2).at();
      Element element = softmax.dtype().element();
      int width = element.bytes();
      double rows = softmax.extent(0);
      Indices labels = Indices.labels(name(), operands, 1, softmax.extent(1));
      ZipKernel mul = operands.engine().kernels().zip(Lane.MUL, element);
      Step lines =
          new Lines(operands, 1, 1, softmax, operands.output(0)) {
            @Override
            void block(long line, long at0, long at1, long at2, long buffer, long count) {
              double share = Cell.get(grad, gradAt, width) / rows;
              for (long i = 0; i < count; i++) {
                Cell.set(buffers, buffer + i * width, width, share);
              }
              zipBuffer(mul, 0, at0, buffer, 1, at1, count);
              double rounded = Cell.get(buffers, buffer, width);
              for (long i = 0; i < count; i++) {
                long label = labels.at(line + i);
                double value =
                    Cell.get(memory[0], at0 + i * lineStride[0] + label * axisStride[0], width);
                long to = at1 + i * lineStride[1] + label * axisStride[1];
                Cell.set(memory[1], to, width, (value - 1) * rounded);
              }
            }
          };
      return () -> {
        labels.load();
        lines.run();
      };
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor softmax = saved.input(0);
      Tensor grad = saved.input(2);
      Tensor above = grads.at(0);
      Tensor toSoftmax =
          wanted.input(0) ? above.mul(grad).div((double) Math.max(1, softmax.extent(0))) : null;
      Tensor toGrad = null;
      if (wanted.input(2)) {
        Tensor one = grad.scope().full(grad.dtype(), grad.shape(), 1);
        toGrad = above.mul(new Grad().apply(softmax, saved.input(1), one)).sum();
      }
      return Grads.of(toSoftmax, null, toGrad);
    }
  }
}
