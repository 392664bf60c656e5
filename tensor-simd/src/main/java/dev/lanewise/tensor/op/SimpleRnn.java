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
 * <p>A step that a mask leaves out keeps h as it is.
 *
 * <p>Inputs: x {@code [n, t, in]}, the first h {@code [n, units]}, kernel {@code [in, units]},
 * recurrentKernel {@code [units, units]}, bias {@code [units]}, and if there is a mask, {@code [n,
 * t]} of bool, false where a step is left out. Outputs: all h {@code [n, t, units]}, the last h
 * {@code [n, units]}.
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
    DType dtype = Recurrence.require(name(), in, 5);
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
    Recurrence.requireMask(name(), in, 5, x);
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
      recurrence = new Recurrence(operands, operands.input(0), 3, false, op.reverse, 5);
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
        for (long sample = from; sample < to; sample++) {
          if (recurrence.skips(step, sample)) {
            recurrence.carry(first, hidden, step, sample);
          } else if (tanh != null) {
            long at = hidden.at(sample, recurrence.place(step));
            tanh.run(h, at, width, h, at, width, recurrence.units, 0, 0);
          }
        }
      }
      recurrence.copyLast(first, hidden, last, from, to);
    }
  }

  @Override
  public Keeps keeps() {
    return new Keeps(0b101111, 0b01);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor hidden = saved.output(0);
    Tensor recurrentKernel = saved.input(3);
    Tensor[] below =
        new Grad(activation, reverse)
            .applyAll(
                Recurrence.with(
                    Recurrence.optional(saved, 5),
                    hidden,
                    recurrentKernel,
                    Recurrence.grad(saved, grads, 0, hidden.scope()),
                    Recurrence.grad(saved, grads, 1, hidden.scope())));
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
   * recurrentKernel, and the gradients of all h and of the last h {@code [n, units]}, and the mask
   * if there is one. Outputs: the gradients of the sums {@code [n, t, units]} and of the first h.
   *
   * @param activation as in {@link SimpleRnn}
   * @param reverse as in {@link SimpleRnn}
   */
  public record Grad(Activation activation, boolean reverse) implements Op {
    @Override
    public Specs infer(Specs in) {
      DType dtype = Recurrence.require(name(), in, 4);
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
      Recurrence.requireMask(name(), in, 4, hidden);
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
      return new Keeps(0b11111, 0b01);
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor hidden = saved.input(0);
      Tensor recurrentKernel = saved.input(1);
      Tensor mask = Recurrence.optional(saved, 4);
      Tensor first = saved.input(3);
      Tensor h =
          grads.at(1) == null ? first.scope().zeros(first.dtype(), first.shape()) : grads.at(1);
      int[] places = Recurrence.places(hidden.extent(1), reverse);
      Tensor[] toHidden = new Tensor[places.length];
      Tensor[] toAbove = new Tensor[places.length];
      Tensor toKernel = null;
      Tensor[] passed = passed(saved, mask, places);
      for (int step = 0; step < places.length; step++) {
        int place = places[step];
        Tensor y = Recurrence.at(hidden, place);
        Tensor sums = Recurrence.at(saved.output(0), place);
        Tensor dh = passed[step];
        toKernel = Recurrence.sum(toKernel, MatMul.right(h, sums, recurrentKernel.shape()));
        Tensor toSums = h.matmul(recurrentKernel);
        if (grads.at(0) != null) {
          toSums = toSums.add(Recurrence.at(grads.at(0), place));
        }
        toSums = Recurrence.taken(mask, toSums, place);
        Tensor skipped = Recurrence.skipped(mask, h, place);
        if (activation == Activation.TANH) {
          toHidden[place] = toSums.mul(dh).mul(y).mul(-2);
          h = new Tanh.Grad().apply(y, toSums);
        } else {
          h = new Relu.Grad().apply(y, toSums);
        }
        h = Recurrence.sum(h, skipped);
        toAbove[place] = h;
      }
      return Grads.of(
          activation == Activation.TANH ? Recurrence.sequence(toHidden, hidden) : null,
          toKernel,
          Recurrence.sequence(toAbove, hidden),
          h);
    }

    /** The gradients of h in the order of the steps, of which those of the sums are multiples. */
    private static Tensor[] passed(Saved saved, Tensor mask, int[] places) {
      Tensor[] passed = new Tensor[places.length];
      Tensor next = saved.input(3);
      for (int step = places.length - 1; step >= 0; step--) {
        int place = places[step];
        passed[step] = next.add(Recurrence.at(saved.input(2), place));
        Tensor sums = Recurrence.at(saved.output(0), place);
        next =
            Recurrence.sum(
                MatMul.left(sums, saved.input(1)), Recurrence.skipped(mask, passed[step], place));
      }
      return passed;
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
      recurrence = new Recurrence(operands, operands.input(0), 1, true, op.reverse, 4);
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
      recurrence.copy(toLast, 0, toFirst, 0, from, to);
      // The product of zeros is added to the gradients of samples that skip a step.
      WriteOut writeOut = recurrence.isMasked() ? WriteOut.ACCUMULATE : WriteOut.PLAIN;
      for (int step = recurrence.steps - 1; step >= 0; step--) {
        for (long sample = from; sample < to; sample++) {
          cell(step, sample);
        }
        recurrence.multiply(products[step], out, writeOut, from, to, slot);
      }
    }

    /** From the gradient of h to that of the sums. */
    private void cell(int step, long sample) {
      int place = recurrence.place(step);
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
      if (recurrence.skips(step, sample)) {
        recurrence.clear(to, toAt, units);
        return;
      }
      grad.run(h, hAt, hidden.stride, dh, dhAt, width, to, toAt, width, units, 0, 0);
      if (recurrence.isMasked()) {
        recurrence.clear(dh, dhAt, units);
      }
    }
  }
}
