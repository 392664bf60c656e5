package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.Matrix;
import dev.lanewise.kernel.TernaryKernel;
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
 * Gated recurrent units over whole sequences (Cho et al. 2014), the gates in Keras' order and reset
 * after the product, as Keras does by default:
 *
 * <pre>{@code
 * xz, xr, xh = x[t] kernel + bias[0]
 * hz, hr, hh = h[t - 1] recurrentKernel + bias[1]
 * z = sigmoid(xz + hz)
 * r = sigmoid(xr + hr)
 * h[t] = z h[t - 1] + (1 - z) tanh(xh + r hh)
 * }</pre>
 *
 * <p>A step that a mask leaves out keeps h as it is.
 *
 * <p>Inputs: x {@code [n, t, in]}, the first h {@code [n, units]}, kernel {@code [in, 3 units]},
 * recurrentKernel {@code [units, 3 units]}, bias {@code [2, 3 units]}, and if there is a mask,
 * {@code [n, t]} of bool, false where a step is left out. Outputs: all h {@code [n, t, units]}, the
 * last h {@code [n, units]}; hidden, z, r and the tanh {@code [n, t, 3 units]} and hh {@code [n, t,
 * units]}.
 *
 * @param reverse whether the last element of a sequence comes first; each h stands in the place of
 *     its x all the same
 */
public record Gru(boolean reverse) implements Op {
  private static final int GATES = 3;

  @Override
  public Specs infer(Specs in) {
    DType dtype = Recurrence.require(name(), in, 5);
    Shape x = in.shape(0);
    Shape state = in.shape(1);
    if (x.rank() != 3 || state.rank() != 2) {
      throw wrong(in);
    }
    long units = state.extent(1);
    long columns = Math.multiplyExact(GATES, units);
    if (state.extent(0) != x.extent(0)
        || !in.shape(2).equals(Shape.of(x.extent(2), columns))
        || !in.shape(3).equals(Shape.of(units, columns))
        || !in.shape(4).equals(Shape.of(2, columns))) {
      throw wrong(in);
    }
    Recurrence.requireMask(name(), in, 5, x);
    Spec states = Spec.of(dtype, x.with(2, units));
    return Specs.of(states, Spec.of(dtype, state), Spec.of(dtype, x.with(2, columns)), states);
  }

  private IllegalArgumentException wrong(Specs in) {
    return in.error(
        name(),
        "x [n, t, in], h [n, units], kernels [in, 3 units] and [units, 3 units] and biases [2, 3"
            + " units] expected");
  }

  @Override
  public int visibleOutputs() {
    return 2;
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor biases = operands.input(4);
    Step copy = () -> {};
    if (!biases.layout().isContiguous()) {
      biases = operands.scratch(biases.dtype(), biases.shape());
      copy = Copies.of(operands.input(4), biases);
    }
    Tensor gates = operands.output(2);
    WriteOut writeOut = WriteOut.bias(biases.memory(), biases.at());
    Step project = Products.of(operands, operands.input(0), 2, gates, writeOut);
    Step steps = new Forward(operands, biases, reverse).steps();
    Step gather = copy;
    return () -> {
      gather.run();
      project.run();
      steps.run();
    };
  }

  /** The steps after the projection of x. */
  private static final class Forward implements SharedRange.Items {
    private final Recurrence recurrence;
    private final Rows first;
    private final Rows hidden;
    private final Rows last;
    private final Rows gates;
    private final Rows inner;
    private final Rows sums;
    private final Matrix[] before;
    private final Matrix product;
    private final WriteOut writeOut;
    private final MapKernel sigmoid;
    private final MapKernel tanh;
    private final ZipKernel add;
    private final TernaryKernel mulAdd;
    private final TernaryKernel blend;

    Forward(Operands operands, Tensor biases, boolean reverse) {
      recurrence = new Recurrence(operands, operands.input(0), 3, false, reverse, 5);
      first = Rows.of(operands.input(1));
      hidden = Rows.of(operands.output(0));
      last = Rows.of(operands.output(1));
      gates = Rows.of(operands.output(2));
      inner = Rows.of(operands.output(3));
      long columns = GATES * recurrence.units;
      sums = Rows.of(operands.scratch(biases.dtype(), Shape.of(recurrence.samples, columns)));
      before = recurrence.before(first, hidden);
      product = sums.matrix(0, recurrence.samples, columns);
      writeOut = WriteOut.bias(biases.memory(), biases.at() + columns * recurrence.width);
      sigmoid = recurrence.map(Lane.SIGMOID);
      tanh = recurrence.map(Lane.TANH);
      add = recurrence.zip(Lane.ADD);
      mulAdd = recurrence.ternary(Lane.MUL_ADD);
      blend = recurrence.ternary(Lane.BLEND);
    }

    Step steps() {
      return recurrence.over(this);
    }

    @Override
    public void run(long from, long to, int slot) {
      for (int step = 0; step < recurrence.steps; step++) {
        recurrence.multiply(before[step], product, writeOut, from, to, slot);
        for (long sample = from; sample < to; sample++) {
          if (recurrence.skips(step, sample)) {
            carry(step, sample);
          } else {
            cell(step, sample);
          }
        }
      }
      recurrence.copyLast(first, hidden, last, from, to);
    }

    /** A step that the mask leaves out: closed gates, and the state before. */
    private void carry(int step, long sample) {
      int place = recurrence.place(step);
      recurrence.clear(gates.memory, gates.at(sample, place), GATES * recurrence.units);
      recurrence.clear(inner.memory, inner.at(sample, place), recurrence.units);
      recurrence.carry(first, hidden, step, sample);
    }

    /** From both sums of the gates to h, of one sample. */
    private void cell(int step, long sample) {
      int width = recurrence.width;
      long units = recurrence.units;
      long size = units * width;
      int place = recurrence.place(step);
      MemorySegment gate = gates.memory;
      long z = gates.at(sample, place);
      long r = z + size;
      long tanhAt = r + size;
      MemorySegment sum = sums.memory;
      long sumAt = sums.at(sample, 0);
      MemorySegment in = inner.memory;
      long inAt = inner.at(sample, place);
      add.run(gate, z, width, sum, sumAt, width, gate, z, width, 2 * units, 0, 0);
      sigmoid.run(gate, z, width, gate, z, width, 2 * units, 0, 0);
      MemorySegment.copy(sum, sumAt + 2 * size, in, inAt, size);
      mulAdd.run(
          gate, r, width, in, inAt, width, gate, tanhAt, width, gate, tanhAt, width, units, 0, 0);
      tanh.run(gate, tanhAt, width, gate, tanhAt, width, units, 0, 0);
      Rows past = step == 0 ? first : hidden;
      long pastAt = past.at(sample, step == 0 ? 0 : recurrence.place(step - 1));
      MemorySegment out = hidden.memory;
      long h = hidden.at(sample, place);
      blend.run(
          gate,
          z,
          width,
          past.memory,
          pastAt,
          past.stride,
          gate,
          tanhAt,
          width,
          out,
          h,
          width,
          units,
          0,
          0);
    }
  }

  @Override
  public Keeps keeps() {
    return new Keeps(0b101111, 0b1101);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor gates = saved.output(2);
    Tensor inner = saved.output(3);
    Tensor recurrentKernel = saved.input(3);
    Tensor mask = Recurrence.optional(saved, 5);
    Tensor before = Recurrence.before(saved.input(1), saved.output(0), reverse);
    Tensor toHidden = Recurrence.grad(saved, grads, 0, gates.scope());
    Tensor toLast = Recurrence.grad(saved, grads, 1, gates.scope());
    // Only gradients of gradients arrive at the hidden outputs.
    Tensor[] below =
        grads.at(2) == null && grads.at(3) == null
            ? new Grad(reverse)
                .applyAll(
                    Recurrence.with(mask, gates, inner, before, recurrentKernel, toHidden, toLast))
            : new Backward(reverse, mask, gates, inner, before, recurrentKernel, toHidden, toLast)
                .through(grads.at(2), grads.at(3));
    Tensor toBiases = null;
    if (wanted.input(4)) {
      Tensor outer = MatMul.rows(below[0]).sum(0);
      toBiases = new Stack(0).apply(outer, MatMul.rows(below[1]).sum(0));
    }
    return Grads.of(
        wanted.input(0) ? MatMul.left(below[0], saved.input(2)) : null,
        below[2],
        wanted.input(2) ? MatMul.right(saved.input(0), below[0], saved.inputSpec(2).shape()) : null,
        wanted.input(3) ? MatMul.right(before, below[1], recurrentKernel.shape()) : null,
        toBiases);
  }

  /**
   * The gradients that go backwards through the steps. Inputs: z, r and the tanh {@code [n, t, 3
   * units]}, hh {@code [n, t, units]}, the h that each step started from {@code [n, t, units]},
   * recurrentKernel, and the gradients of all h and of the last h {@code [n, units]}, and the mask
   * if there is one. Outputs: the gradients of the sums with x and of those with h {@code [n, t, 3
   * units]}, and of the first h.
   *
   * @param reverse as in {@link Gru}
   */
  public record Grad(boolean reverse) implements Op {
    @Override
    public Specs infer(Specs in) {
      DType dtype = Recurrence.require(name(), in, 6);
      Shape states = in.shape(1);
      if (states.rank() != 3) {
        throw wrong(in);
      }
      long units = states.extent(2);
      long columns = Math.multiplyExact(GATES, units);
      Shape gates = states.with(2, columns);
      if (!in.shape(0).equals(gates)
          || !in.shape(2).equals(states)
          || !in.shape(3).equals(Shape.of(units, columns))
          || !in.shape(4).equals(states)
          || !in.shape(5).equals(states.without(1))) {
        throw wrong(in);
      }
      Recurrence.requireMask(name(), in, 6, gates);
      Spec sums = Spec.of(dtype, gates);
      return Specs.of(sums, sums, Spec.of(dtype, states.without(1)));
    }

    private IllegalArgumentException wrong(Specs in) {
      return in.error(
          name(),
          "gates [n, t, 3 units], products and states [n, t, units], a kernel [units, 3 units] and"
              + " gradients [n, t, units] and [n, units] expected");
    }

    @Override
    public int visibleOutputs() {
      return 3;
    }

    @Override
    public Step prepare(Operands operands) {
      return new Steps(operands, reverse).steps();
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Backward backward =
          new Backward(
              reverse,
              Recurrence.optional(saved, 6),
              saved.input(0),
              saved.input(1),
              saved.input(2),
              saved.input(3),
              saved.input(4),
              saved.input(5));
      return Grads.of(backward.adjoint(grads.at(0), grads.at(1), grads.at(2)));
    }
  }

  /** The steps of {@link Grad}: the output of the first h holds that of every step. */
  private static final class Steps implements SharedRange.Items {
    private final Recurrence recurrence;
    private final Rows gates;
    private final Rows inner;
    private final Rows before;
    private final Rows toHidden;
    private final Rows toLast;
    private final Rows toOuterSums;
    private final Rows toInnerSums;
    private final Rows toFirst;
    private final Matrix[] products;
    private final Matrix out;
    private final ZipKernel add;
    private final ZipKernel sub;
    private final ZipKernel mul;
    private final TernaryKernel sigmoidGrad;
    private final TernaryKernel tanhGrad;

    Steps(Operands operands, boolean reverse) {
      recurrence = new Recurrence(operands, operands.input(1), 3, true, reverse, 6);
      gates = Rows.of(operands.input(0));
      inner = Rows.of(operands.input(1));
      before = Rows.of(operands.input(2));
      toHidden = Rows.of(operands.input(4));
      toLast = Rows.of(operands.input(5));
      toOuterSums = Rows.of(operands.output(0));
      toInnerSums = Rows.of(operands.output(1));
      toFirst = Rows.of(operands.output(2));
      products = recurrence.matrices(toInnerSums, GATES * recurrence.units);
      out = toFirst.matrix(0, recurrence.samples, recurrence.units);
      add = recurrence.zip(Lane.ADD);
      sub = recurrence.zip(Lane.SUB);
      mul = recurrence.zip(Lane.MUL);
      sigmoidGrad = recurrence.ternary(Lane.SIGMOID_TIMES_GRAD);
      tanhGrad = recurrence.ternary(Lane.TANH_REST_GRAD);
    }

    Step steps() {
      return recurrence.over(this);
    }

    @Override
    public void run(long from, long to, int slot) {
      recurrence.copy(toLast, 0, toFirst, 0, from, to);
      for (int step = recurrence.steps - 1; step >= 0; step--) {
        for (long sample = from; sample < to; sample++) {
          if (recurrence.skips(step, sample)) {
            skip(recurrence.place(step), sample);
          } else {
            cell(recurrence.place(step), sample);
          }
        }
        recurrence.multiply(products[step], out, WriteOut.ACCUMULATE, from, to, slot);
      }
    }

    /** A step that the mask leaves out passes on all of its gradient. */
    private void skip(int place, long sample) {
      addAbove(place, sample);
      long columns = GATES * recurrence.units;
      recurrence.clear(toOuterSums.memory, toOuterSums.at(sample, place), columns);
      recurrence.clear(toInnerSums.memory, toInnerSums.at(sample, place), columns);
    }

    private void addAbove(int place, long sample) {
      int width = recurrence.width;
      MemorySegment dh = toFirst.memory;
      long dhAt = toFirst.at(sample, 0);
      MemorySegment above = toHidden.memory;
      long aboveAt = toHidden.at(sample, place);
      long gap = toHidden.stride;
      add.run(dh, dhAt, width, above, aboveAt, gap, dh, dhAt, width, recurrence.units, 0, 0);
    }

    /** From the gradient of h to those of the sums, and the direct part of that of the h before. */
    private void cell(int place, long sample) {
      int width = recurrence.width;
      long units = recurrence.units;
      long size = units * width;
      MemorySegment gate = gates.memory;
      long gap = gates.stride;
      long z = gates.at(sample, place);
      long r = z + units * gap;
      long tanh = r + units * gap;
      MemorySegment dh = toFirst.memory;
      long dhAt = toFirst.at(sample, 0);
      addAbove(place, sample);
      MemorySegment to = toOuterSums.memory;
      long toZ = toOuterSums.at(sample, place);
      long toR = toZ + size;
      long toH = toR + size;
      MemorySegment past = before.memory;
      long pastAt = before.at(sample, place);
      sub.run(past, pastAt, before.stride, gate, tanh, gap, to, toZ, width, units, 0, 0);
      sigmoidGrad.run(gate, z, gap, to, toZ, width, dh, dhAt, width, to, toZ, width, units, 0, 0);
      tanhGrad.run(gate, tanh, gap, gate, z, gap, dh, dhAt, width, to, toH, width, units, 0, 0);
      MemorySegment in = inner.memory;
      long inAt = inner.at(sample, place);
      sigmoidGrad.run(
          gate, r, gap, in, inAt, inner.stride, to, toH, width, to, toR, width, units, 0, 0);

      MemorySegment innerTo = toInnerSums.memory;
      long innerAt = toInnerSums.at(sample, place);
      MemorySegment.copy(to, toZ, innerTo, innerAt, 2 * size);
      long innerH = innerAt + 2 * size;
      mul.run(to, toH, width, gate, r, gap, innerTo, innerH, width, units, 0, 0);
      mul.run(dh, dhAt, width, gate, z, gap, dh, dhAt, width, units, 0, 0);
    }
  }

  /**
   * {@link Grad} in tensors, one operator after the other: what gradients of gradients are made of.
   */
  private static final class Backward {
    private final int[] places;
    private final long units;
    private final Tensor mask;
    private final Tensor gates;
    private final Tensor inner;
    private final Tensor before;
    private final Tensor recurrentKernel;
    private final Tensor above;
    private final Tensor aboveLast;

    Backward(
        boolean reverse,
        Tensor mask,
        Tensor gates,
        Tensor inner,
        Tensor before,
        Tensor recurrentKernel,
        Tensor above,
        Tensor aboveLast) {
      this.places = Recurrence.places(inner.extent(1), reverse);
      this.units = inner.extent(2);
      this.mask = mask;
      this.gates = gates;
      this.inner = inner;
      this.before = before;
      this.recurrentKernel = recurrentKernel;
      this.above = above;
      this.aboveLast = aboveLast;
    }

    /** {@code x [n, k]} for samples that take the step in this place, zero for others. */
    private Tensor taken(Tensor x, int place) {
      return Recurrence.taken(mask, x, place);
    }

    /** {@code x [n, k]} for samples that skip the step in this place, or null. */
    private Tensor skipped(Tensor x, int place) {
      return Recurrence.skipped(mask, x, place);
    }

    private Tensor gate(int place, int which) {
      return Recurrence.gate(Recurrence.at(gates, place), which, units);
    }

    /**
     * The gradients in one place.
     *
     * @param toHidden of h
     * @param toOuter of the sums with x
     * @param toInner of the sums with h
     */
    private record At(Tensor toHidden, Tensor toOuter, Tensor toInner) {}

    /** The gradients in all places; returns that of the first h. */
    private Tensor run(At[] all, Tensor toGates, Tensor toProducts) {
      Tensor toHidden = aboveLast;
      for (int step = places.length - 1; step >= 0; step--) {
        int place = places[step];
        Tensor z = gate(place, 0);
        Tensor r = gate(place, 1);
        Tensor t = gate(place, 2);
        Tensor product = Recurrence.at(inner, place);
        Tensor dh = toHidden.add(Recurrence.at(above, place));
        Tensor toZ = dh.mul(Recurrence.at(before, place).sub(t));
        Tensor toT = dh.mul(z.neg().add(1));
        Tensor toR = null;
        if (toGates != null) {
          Tensor more = Recurrence.at(toGates, place);
          toZ = toZ.add(Recurrence.gate(more, 0, units));
          toR = Recurrence.gate(more, 1, units);
          toT = toT.add(Recurrence.gate(more, 2, units));
        }
        Tensor toSum = toT.mul(Recurrence.tanhSlope(t));
        toR = Recurrence.sum(toR, toSum.mul(product));
        Tensor toProduct = toSum.mul(r);
        if (toProducts != null) {
          toProduct = toProduct.add(Recurrence.at(toProducts, place));
        }
        Tensor outerZ = toZ.mul(Recurrence.sigmoidSlope(z));
        Tensor outerR = toR.mul(Recurrence.sigmoidSlope(r));
        Concat concat = new Concat(1);
        all[place] =
            new At(
                dh,
                taken(concat.apply(outerZ, outerR, toSum), place),
                taken(concat.apply(outerZ, outerR, toProduct), place));
        toHidden =
            Recurrence.sum(
                taken(dh.mul(z), place),
                skipped(dh, place),
                MatMul.left(all[place].toInner, recurrentKernel));
      }
      return toHidden;
    }

    /** What {@link Grad} gives, with gradients of the gates' values and of hh, or null. */
    Tensor[] through(Tensor toGates, Tensor toProducts) {
      At[] all = new At[places.length];
      Tensor first = run(all, toGates, toProducts);
      Tensor[] outer = new Tensor[all.length];
      Tensor[] innermost = new Tensor[all.length];
      for (int place = 0; place < all.length; place++) {
        outer[place] = all[place].toOuter;
        innermost[place] = all[place].toInner;
      }
      return new Tensor[] {
        Recurrence.sequence(outer, gates), Recurrence.sequence(innermost, gates), first
      };
    }

    /** The gradients of {@link Grad}'s inputs from those of its outputs, or null. */
    Tensor[] adjoint(Tensor toOuter, Tensor toInner, Tensor toFirst) {
      int count = places.length;
      At[] all = new At[count];
      run(all, null, null);
      Tensor[] toGates = new Tensor[count];
      Tensor[] toProducts = new Tensor[count];
      Tensor[] toBefore = new Tensor[count];
      Tensor[] toAbove = new Tensor[count];
      Tensor h =
          toFirst == null ? aboveLast.scope().zeros(aboveLast.dtype(), aboveLast.shape()) : toFirst;
      Tensor toKernel = null;
      for (int place : places) {
        Tensor z = gate(place, 0);
        Tensor r = gate(place, 1);
        Tensor t = gate(place, 2);
        Tensor product = Recurrence.at(inner, place);
        Tensor difference = Recurrence.at(before, place).sub(t);
        Tensor dh = all[place].toHidden;
        Tensor toSum = Recurrence.gate(all[place].toOuter, 2, units);
        toKernel =
            Recurrence.sum(toKernel, MatMul.right(h, all[place].toInner, recurrentKernel.shape()));
        Tensor sums = h.matmul(recurrentKernel);
        if (toInner != null) {
          sums = sums.add(Recurrence.at(toInner, place));
        }
        sums = taken(sums, place);
        Tensor kept = taken(h, place);
        Tensor sz = Recurrence.gate(sums, 0, units);
        Tensor sr = Recurrence.gate(sums, 1, units);
        Tensor sh = Recurrence.gate(sums, 2, units);
        Tensor st = sh.mul(r);
        if (toOuter != null) {
          Tensor more = taken(Recurrence.at(toOuter, place), place);
          sz = sz.add(Recurrence.gate(more, 0, units));
          sr = sr.add(Recurrence.gate(more, 1, units));
          st = st.add(Recurrence.gate(more, 2, units));
        }
        Tensor throughZ = sz.mul(Recurrence.sigmoidSlope(z));
        Tensor throughR = sr.mul(Recurrence.sigmoidSlope(r));
        st = st.add(throughR.mul(product));
        Tensor throughT = st.mul(Recurrence.tanhSlope(t));
        Tensor rest = z.neg().add(1);
        Tensor toZ = dh.mul(sz.mul(difference).mul(z.mul(-2).add(1)).sub(throughT).add(kept));
        Tensor toR = toSum.mul(sr.mul(product).mul(r.mul(-2).add(1)).add(sh));
        Tensor toT = dh.mul(throughZ.add(st.mul(rest).mul(t).mul(2))).neg();
        toGates[place] = new Concat(1).apply(toZ, toR, toT);
        toProducts[place] = toSum.mul(throughR);
        toBefore[place] = dh.mul(throughZ);
        h =
            Recurrence.sum(
                throughZ.mul(difference), throughT.mul(rest), kept.mul(z), skipped(h, place));
        toAbove[place] = h;
      }
      return new Tensor[] {
        Recurrence.sequence(toGates, gates),
        Recurrence.sequence(toProducts, inner),
        Recurrence.sequence(toBefore, inner),
        toKernel,
        Recurrence.sequence(toAbove, inner),
        h
      };
    }
  }
}
