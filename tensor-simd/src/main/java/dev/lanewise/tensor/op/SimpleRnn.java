package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.Matrix;
import dev.lanewise.kernel.WriteOut;
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
import dev.lanewise.tensor.op.Recurrence.Rows;
import java.lang.foreign.MemorySegment;

/**
 * The plain recurrent network over whole sequences (Elman 1990): {@code h[t] = activation(x[t]
 * kernel + h[t - 1] recurrentKernel + bias)}.
 *
 * <p>Inputs: x {@code [n, t, in]}, the first h {@code [n, units]}, kernel {@code [in, units]},
 * recurrentKernel {@code [units, units]}, bias {@code [units]}. Outputs: all h {@code [n, t,
 * units]}, the last h {@code [n, units]}.
 *
 * @param activation of every step
 * @param reverse whether the last element of a sequence comes first; each h stands in the place of
 *     its x all the same
 */
public record SimpleRnn(Activation activation, boolean reverse) implements Op {
  /** What is made of a sum. */
  public enum Activation {
    /** The hyperbolic tangent. */
    TANH,
    /** {@code max(x, 0)}. */
    RELU
  }

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 5);
    DType dtype = in.requireFloating(name());
    Shape x = in.shape(0);
    Shape state = in.shape(1);
    if (x.rank() != 3 || state.rank() != 2) {
      throw wrong(in);
    }
    long units = state.extent(1);
    if (state.extent(0) != x.extent(0)
        || !in.shape(2).equals(Shape.of(x.extent(2), units))
        || !in.shape(3).equals(Shape.of(units, units))
        || !in.shape(4).equals(Shape.of(units))) {
      throw wrong(in);
    }
    return Specs.of(Spec.of(dtype, x.with(2, units)), Spec.of(dtype, state));
  }

  private IllegalArgumentException wrong(Specs in) {
    return in.error(
        name(),
        "x [n, t, in], h [n, units], kernels [in, units] and [units, units] and a bias [units]"
            + " expected");
  }

  @Override
  public int visibleOutputs() {
    return 2;
  }

  @Override
  public Step prepare(Operands operands) {
    Step project = Recurrence.projection(operands, 2, operands.input(4), operands.output(0));
    Step steps = new Forward(operands, this).steps();
    return () -> {
      project.run();
      steps.run();
    };
  }

  /** The steps after the projection of x, whose sums stand where h will. */
  private static final class Forward implements SharedRange.Items {
    private final Recurrence recurrence;
    private final Rows first;
    private final Rows hidden;
    private final Rows last;
    private final Matrix[] before;
    private final Matrix[] products;
    private final MapKernel tanh;
    private final WriteOut writeOut;

    Forward(Operands operands, SimpleRnn op) {
      recurrence = new Recurrence(operands, operands.input(0), 3, false, op.reverse);
      first = Rows.of(operands.input(1));
      hidden = Rows.of(operands.output(0));
      last = Rows.of(operands.output(1));
      before = recurrence.before(first, hidden);
      products = recurrence.matrices(hidden, recurrence.units);
      boolean relu = op.activation == Activation.RELU;
      tanh = relu ? null : recurrence.map(Lane.TANH);
      writeOut = relu ? WriteOut.ACCUMULATE.withRelu() : WriteOut.ACCUMULATE;
    }

    Step steps() {
      return recurrence.over(this);
    }

    @Override
    public void run(long from, long to, int slot) {
      MemorySegment h = hidden.memory;
      int width = recurrence.width;
      for (int step = 0; step < recurrence.steps; step++) {
        recurrence.multiply(before[step], products[step], writeOut, from, to, slot);
        for (long sample = from; sample < to && tanh != null; sample++) {
          long at = hidden.at(sample, recurrence.place(step));
          tanh.run(h, at, width, h, at, width, recurrence.units, 0, 0);
        }
      }
      recurrence.copyLast(first, hidden, last, from, to);
    }
  }

  @Override
  public Keeps keeps() {
    return new Keeps(0b1111, 0b01);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor hidden = saved.output(0);
    Tensor recurrentKernel = saved.input(3);
    Tensor[] below =
        new Grad(activation, reverse)
            .applyAll(
                hidden,
                recurrentKernel,
                Recurrence.grad(saved, grads, 0, hidden.scope()),
                Recurrence.grad(saved, grads, 1, hidden.scope()));
    Tensor toSums = below[0];
    Tensor toRecurrentKernel = null;
    if (wanted.input(3)) {
      Tensor before = Recurrence.before(saved.input(1), hidden, reverse);
      toRecurrentKernel = MatMul.right(before, toSums, recurrentKernel.shape());
    }
    return Grads.of(
        wanted.input(0) ? MatMul.left(toSums, saved.input(2)) : null,
        below[1],
        wanted.input(2) ? MatMul.right(saved.input(0), toSums, saved.inputSpec(2).shape()) : null,
        toRecurrentKernel,
        wanted.input(4) ? MatMul.rows(toSums).sum(0) : null);
  }

  /**
   * The gradients that go backwards through the steps. Inputs: all h {@code [n, t, units]},
   * recurrentKernel, and the gradients of all h and of the last h {@code [n, units]}. Outputs: the
   * gradients of the sums {@code [n, t, units]} and of the first h.
   *
   * @param activation as in {@link SimpleRnn}
   * @param reverse as in {@link SimpleRnn}
   */
  public record Grad(Activation activation, boolean reverse) implements Op {
    @Override
    public Specs infer(Specs in) {
      in.requireCount(name(), 4);
      DType dtype = in.requireFloating(name());
      Shape hidden = in.shape(0);
      Shape state = in.shape(3);
      if (hidden.rank() != 3
          || !in.shape(1).equals(Shape.of(hidden.extent(2), hidden.extent(2)))
          || !in.shape(2).equals(hidden)
          || !state.equals(hidden.without(1))) {
        throw in.error(
            name(),
            "h [n, t, units], a kernel [units, units] and gradients [n, t, units] and [n, units]"
                + " expected");
      }
      return Specs.of(Spec.of(dtype, hidden), Spec.of(dtype, state));
    }

    @Override
    public int visibleOutputs() {
      return 2;
    }

    @Override
    public Step prepare(Operands operands) {
      return new Steps(operands, this).steps();
    }

    @Override
    public Keeps keeps() {
      return new Keeps(0b1111, 0b01);
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor hidden = saved.input(0);
      Tensor recurrentKernel = saved.input(1);
      Tensor first = saved.input(3);
      Tensor h =
          grads.at(1) == null ? first.scope().zeros(first.dtype(), first.shape()) : grads.at(1);
      int[] places = Recurrence.places(hidden.extent(1), reverse);
      Tensor[] toHidden = new Tensor[places.length];
      Tensor[] toAbove = new Tensor[places.length];
      Tensor toKernel = null;
      for (int step = 0; step < places.length; step++) {
        int place = places[step];
        Tensor y = Recurrence.at(hidden, place);
        Tensor sums = Recurrence.at(saved.output(0), place);
        // The gradient of h, of which the sums' gradient is a multiple.
        Tensor dh = Recurrence.at(saved.input(2), place);
        dh =
            dh.add(
                step == places.length - 1
                    ? saved.input(3)
                    : MatMul.left(
                        Recurrence.at(saved.output(0), places[step + 1]), recurrentKernel));
        toKernel = Recurrence.sum(toKernel, MatMul.right(h, sums, recurrentKernel.shape()));
        Tensor toSums = h.matmul(recurrentKernel);
        if (grads.at(0) != null) {
          toSums = toSums.add(Recurrence.at(grads.at(0), place));
        }
        if (activation == Activation.TANH) {
          toHidden[place] = toSums.mul(dh).mul(y).mul(-2);
          h = new Tanh.Grad().apply(y, toSums);
        } else {
          h = new Relu.Grad().apply(y, toSums);
        }
        toAbove[place] = h;
      }
      return Grads.of(
          activation == Activation.TANH ? Recurrence.sequence(toHidden, hidden) : null,
          toKernel,
          Recurrence.sequence(toAbove, hidden),
          h);
    }
  }

  /** The steps of {@link Grad}: the output of the first h holds that of every step. */
  private static final class Steps implements SharedRange.Items {
    private final Recurrence recurrence;
    private final Rows hidden;
    private final Rows toHidden;
    private final Rows toLast;
    private final Rows toSums;
    private final Rows toFirst;
    private final Matrix[] products;
    private final Matrix out;
    private final ZipKernel add;
    private final ZipKernel grad;

    Steps(Operands operands, Grad op) {
      recurrence = new Recurrence(operands, operands.input(0), 1, true, op.reverse);
      hidden = Rows.of(operands.input(0));
      toHidden = Rows.of(operands.input(2));
      toLast = Rows.of(operands.input(3));
      toSums = Rows.of(operands.output(0));
      toFirst = Rows.of(operands.output(1));
      products = recurrence.matrices(toSums, recurrence.units);
      out = toFirst.matrix(0, recurrence.samples, recurrence.units);
      add = recurrence.zip(Lane.ADD);
      grad = recurrence.zip(op.activation == Activation.TANH ? Lane.TANH_GRAD : Lane.RELU_GRAD);
    }

    Step steps() {
      return recurrence.over(this);
    }

    @Override
    public void run(long from, long to, int slot) {
      recurrence.copy(toLast, 0, toFirst, from, to);
      for (int step = recurrence.steps - 1; step >= 0; step--) {
        for (long sample = from; sample < to; sample++) {
          cell(recurrence.place(step), sample);
        }
        recurrence.multiply(products[step], out, WriteOut.PLAIN, from, to, slot);
      }
    }

    /** From the gradient of h to that of the sums. */
    private void cell(int place, long sample) {
      int width = recurrence.width;
      long units = recurrence.units;
      MemorySegment dh = toFirst.memory;
      long dhAt = toFirst.at(sample, 0);
      MemorySegment above = toHidden.memory;
      long aboveAt = toHidden.at(sample, place);
      add.run(dh, dhAt, width, above, aboveAt, toHidden.stride, dh, dhAt, width, units, 0, 0);
      MemorySegment h = hidden.memory;
      long hAt = hidden.at(sample, place);
      MemorySegment to = toSums.memory;
      long toAt = toSums.at(sample, place);
      grad.run(h, hAt, hidden.stride, dh, dhAt, width, to, toAt, width, units, 0, 0);
    }
  }
}
