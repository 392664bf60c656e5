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
 * Long short-term memory over whole sequences (Hochreiter and Schmidhuber 1997, with the forget
 * gate of Gers et al. 2000), the gates in Keras' order:
 *
 * <pre>{@code
 * i, f, g, o = x[t] kernel + h[t - 1] recurrentKernel + bias
 * c[t] = sigmoid(f) c[t - 1] + sigmoid(i) tanh(g)
 * h[t] = sigmoid(o) tanh(c[t])
 * }</pre>
 *
 * <p>A step that a mask leaves out keeps both states as they are.
 *
 * <p>Inputs: x {@code [n, t, in]}, the first h and c {@code [n, units]}, kernel {@code [in, 4
 * units]}, recurrentKernel {@code [units, 4 units]}, bias {@code [4 units]}, and if there is a
 * mask, {@code [n, t]} of bool, false where a step is left out. Outputs: all h {@code [n, t,
 * units]}, the last h and c {@code [n, units]}; hidden, the gates' values {@code [n, t, 4 units]}
 * and all c.
 *
 * @param reverse whether the last element of a sequence comes first; each h stands in the place of
 *     its x all the same
 */
public record Lstm(boolean reverse) implements Op {
  private static final int GATES = 4;

  @Override
  public Specs infer(Specs in) {
    DType dtype = Recurrence.require(name(), in, 6);
    Shape x = in.shape(0);
    Shape state = in.shape(1);
    if (x.rank() != 3 || state.rank() != 2) {
      throw wrong(in);
    }
    long units = state.extent(1);
    long columns = Math.multiplyExact(GATES, units);
    if (state.extent(0) != x.extent(0)
        || !in.shape(2).equals(state)
        || !in.shape(3).equals(Shape.of(x.extent(2), columns))
        || !in.shape(4).equals(Shape.of(units, columns))
        || !in.shape(5).equals(Shape.of(columns))) {
      throw wrong(in);
    }
    Recurrence.requireMask(name(), in, 6, x);
    Spec states = Spec.of(dtype, x.with(2, units));
    Spec last = Spec.of(dtype, state);
    return Specs.of(states, last, last, Spec.of(dtype, x.with(2, columns)), states);
  }

  private IllegalArgumentException wrong(Specs in) {
    return in.error(
        name(),
        "x [n, t, in], h and c [n, units], kernels [in, 4 units] and [units, 4 units] and a bias"
            + " [4 units] expected");
  }

  @Override
  public int visibleOutputs() {
    return 3;
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor gates = operands.output(3);
    Step project = Recurrence.projection(operands, 3, operands.input(5), gates);
    Step steps = new Forward(operands, reverse).steps();
    return () -> {
      project.run();
      steps.run();
    };
  }

  /** The steps after the projection of x. */
  private static final class Forward implements SharedRange.Items {
    private final Recurrence recurrence;
    private final Rows firstHidden;
    private final Rows firstCell;
    private final Rows hidden;
    private final Rows lastHidden;
    private final Rows lastCell;
    private final Rows gates;
    private final Rows cells;
    private final Matrix[] before;
    private final Matrix[] products;
    private final MapKernel sigmoid;
    private final MapKernel tanh;
    private final ZipKernel mul;
    private final TernaryKernel mulAdd;

    Forward(Operands operands, boolean reverse) {
      recurrence = new Recurrence(operands, operands.input(0), 4, false, reverse, 6);
      firstHidden = Rows.of(operands.input(1));
      firstCell = Rows.of(operands.input(2));
      hidden = Rows.of(operands.output(0));
      lastHidden = Rows.of(operands.output(1));
      lastCell = Rows.of(operands.output(2));
      gates = Rows.of(operands.output(3));
      cells = Rows.of(operands.output(4));
      before = recurrence.before(firstHidden, hidden);
      products = recurrence.matrices(gates, GATES * recurrence.units);
      sigmoid = recurrence.map(Lane.SIGMOID);
      tanh = recurrence.map(Lane.TANH);
      mul = recurrence.zip(Lane.MUL);
      mulAdd = recurrence.ternary(Lane.MUL_ADD);
    }

    Step steps() {
      return recurrence.over(this);
    }

    @Override
    public void run(long from, long to, int slot) {
      for (int step = 0; step < recurrence.steps; step++) {
        recurrence.multiply(before[step], products[step], WriteOut.ACCUMULATE, from, to, slot);
        for (long sample = from; sample < to; sample++) {
          if (recurrence.skips(step, sample)) {
            carry(step, sample);
          } else {
            cell(step, sample);
          }
        }
      }
      recurrence.copyLast(firstHidden, hidden, lastHidden, from, to);
      recurrence.copyLast(firstCell, cells, lastCell, from, to);
    }

    /** A step that the mask leaves out: closed gates, and the states before. */
    private void carry(int step, long sample) {
      long at = gates.at(sample, recurrence.place(step));
      recurrence.clear(gates.memory, at, GATES * recurrence.units);
      recurrence.carry(firstHidden, hidden, step, sample);
      recurrence.carry(firstCell, cells, step, sample);
    }

    /** From the sums of the gates to c and h, of one sample. */
    private void cell(int step, long sample) {
      int width = recurrence.width;
      long units = recurrence.units;
      int place = recurrence.place(step);
      MemorySegment gate = gates.memory;
      long i = gates.at(sample, place);
      long f = i + units * width;
      long g = f + units * width;
      long o = g + units * width;
      sigmoid.run(gate, i, width, gate, i, width, 2 * units, 0, 0);
      tanh.run(gate, g, width, gate, g, width, units, 0, 0);
      sigmoid.run(gate, o, width, gate, o, width, units, 0, 0);
      Rows last = step == 0 ? firstCell : cells;
      long lastAt = last.at(sample, step == 0 ? 0 : recurrence.place(step - 1));
      MemorySegment cell = cells.memory;
      long c = cells.at(sample, place);
      mul.run(gate, i, width, gate, g, width, cell, c, width, units, 0, 0);
      mulAdd.run(
          gate,
          f,
          width,
          last.memory,
          lastAt,
          last.stride,
          cell,
          c,
          width,
          cell,
          c,
          width,
          units,
          0,
          0);
      MemorySegment out = hidden.memory;
      long h = hidden.at(sample, place);
      tanh.run(cell, c, width, out, h, width, units, 0, 0);
      mul.run(gate, o, width, out, h, width, out, h, width, units, 0, 0);
    }
  }

  @Override
  public Keeps keeps() {
    return new Keeps(0b1011111, 0b11001);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor gates = saved.output(3);
    Tensor cells = saved.output(4);
    Tensor first = saved.input(2);
    Tensor recurrentKernel = saved.input(4);
    Tensor mask = Recurrence.optional(saved, 6);
    Tensor[] above = {
      Recurrence.grad(saved, grads, 0, gates.scope()),
      Recurrence.grad(saved, grads, 1, gates.scope()),
      Recurrence.grad(saved, grads, 2, gates.scope())
    };
    // Only gradients of gradients arrive at the hidden outputs.
    Tensor[] below =
        grads.at(3) == null && grads.at(4) == null
            ? new Grad(reverse)
                .applyAll(
                    Recurrence.with(
                        mask, gates, cells, first, recurrentKernel, above[0], above[1], above[2]))
            : new Backward(reverse, mask, gates, cells, first, recurrentKernel, above)
                .through(grads.at(3), grads.at(4));
    Tensor toSums = below[0];
    Tensor toRecurrentKernel = null;
    if (wanted.input(4)) {
      Tensor before = Recurrence.before(saved.input(1), saved.output(0), reverse);
      toRecurrentKernel = MatMul.right(before, toSums, recurrentKernel.shape());
    }
    return Grads.of(
        wanted.input(0) ? MatMul.left(toSums, saved.input(3)) : null,
        below[1],
        below[2],
        wanted.input(3) ? MatMul.right(saved.input(0), toSums, saved.inputSpec(3).shape()) : null,
        toRecurrentKernel,
        wanted.input(5) ? MatMul.rows(toSums).sum(0) : null);
  }

  /**
   * The gradients that go backwards through the steps. Inputs: the gates' values {@code [n, t, 4
   * units]}, all c {@code [n, t, units]}, the first c {@code [n, units]}, recurrentKernel, and the
   * gradients of all h, of the last h and of the last c, and the mask if there is one. Outputs: the
   * gradients of the sums that went into the gates {@code [n, t, 4 units]}, of the first h and of
   * the first c.
   *
   * @param reverse as in {@link Lstm}
   */
  public record Grad(boolean reverse) implements Op {
    @Override
    public Specs infer(Specs in) {
      DType dtype = Recurrence.require(name(), in, 7);
      Shape gates = in.shape(0);
      Shape state = in.shape(2);
      if (gates.rank() != 3 || state.rank() != 2) {
        throw wrong(in);
      }
      long units = state.extent(1);
      long columns = Math.multiplyExact(GATES, units);
      Shape states = gates.with(2, units);
      if (gates.extent(2) != columns
          || state.extent(0) != gates.extent(0)
          || !in.shape(1).equals(states)
          || !in.shape(3).equals(Shape.of(units, columns))
          || !in.shape(4).equals(states)
          || !in.shape(5).equals(state)
          || !in.shape(6).equals(state)) {
        throw wrong(in);
      }
      Recurrence.requireMask(name(), in, 7, gates);
      Spec last = Spec.of(dtype, state);
      return Specs.of(Spec.of(dtype, gates), last, last);
    }

    private IllegalArgumentException wrong(Specs in) {
      return in.error(
          name(),
          "gates [n, t, 4 units], cells [n, t, units], a cell [n, units], a kernel [units, 4 units]"
              + " and gradients [n, t, units], [n, units] and [n, units] expected");
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
              Recurrence.optional(saved, 7),
              saved.input(0),
              saved.input(1),
              saved.input(2),
              saved.input(3),
              saved.input(4),
              saved.input(5),
              saved.input(6));
      return Grads.of(backward.adjoint(grads.at(0), grads.at(1), grads.at(2)));
    }
  }

  /** The steps of {@link Grad}: the outputs of the first h and c hold those of every step. */
  private static final class Steps implements SharedRange.Items {
    private final Recurrence recurrence;
    private final Rows gates;
    private final Rows cells;
    private final Rows firstCell;
    private final Rows toHidden;
    private final Rows toLastHidden;
    private final Rows toLastCell;
    private final Rows toGates;
    private final Rows toFirstHidden;
    private final Rows toFirstCell;
    private final Rows tanhs;
    private final Matrix[] products;
    private final Matrix out;
    private final MapKernel tanh;
    private final ZipKernel add;
    private final ZipKernel mul;
    private final TernaryKernel sigmoidGrad;
    private final TernaryKernel tanhGrad;

    Steps(Operands operands, boolean reverse) {
      Tensor all = operands.input(1);
      recurrence = new Recurrence(operands, all, 3, true, reverse, 7);
      gates = Rows.of(operands.input(0));
      cells = Rows.of(all);
      firstCell = Rows.of(operands.input(2));
      toHidden = Rows.of(operands.input(4));
      toLastHidden = Rows.of(operands.input(5));
      toLastCell = Rows.of(operands.input(6));
      toGates = Rows.of(operands.output(0));
      toFirstHidden = Rows.of(operands.output(1));
      toFirstCell = Rows.of(operands.output(2));
      tanhs = Rows.of(operands.scratch(all.dtype(), operands.input(2).shape()));
      products = recurrence.matrices(toGates, GATES * recurrence.units);
      out = toFirstHidden.matrix(0, recurrence.samples, recurrence.units);
      tanh = recurrence.map(Lane.TANH);
      add = recurrence.zip(Lane.ADD);
      mul = recurrence.zip(Lane.MUL);
      sigmoidGrad = recurrence.ternary(Lane.SIGMOID_TIMES_GRAD);
      tanhGrad = recurrence.ternary(Lane.TANH_TIMES_GRAD);
    }

    Step steps() {
      return recurrence.over(this);
    }

    @Override
    public void run(long from, long to, int slot) {
      recurrence.copy(toLastHidden, 0, toFirstHidden, 0, from, to);
      recurrence.copy(toLastCell, 0, toFirstCell, 0, from, to);
      // The product of zeros is added to the gradients of samples that skip a step.
      WriteOut writeOut = recurrence.isMasked() ? WriteOut.ACCUMULATE : WriteOut.PLAIN;
      for (int step = recurrence.steps - 1; step >= 0; step--) {
        for (long sample = from; sample < to; sample++) {
          cell(step, sample);
        }
        recurrence.multiply(products[step], out, writeOut, from, to, slot);
      }
    }

    /** From the gradients of h and c to those of the gates' sums and of the c before. */
    private void cell(int step, long sample) {
      int width = recurrence.width;
      long units = recurrence.units;
      int place = recurrence.place(step);
      long size = units * width;
      MemorySegment dh = toFirstHidden.memory;
      long dhAt = toFirstHidden.at(sample, 0);
      MemorySegment dc = toFirstCell.memory;
      long dcAt = toFirstCell.at(sample, 0);
      MemorySegment to = toGates.memory;
      long toAt = toGates.at(sample, place);
      MemorySegment gate = gates.memory;
      long gap = gates.stride;
      long i = gates.at(sample, place);
      long f = i + units * gap;
      long g = f + units * gap;
      long o = g + units * gap;
      MemorySegment t = tanhs.memory;
      long tAt = tanhs.at(sample, 0);
      MemorySegment h = toHidden.memory;
      long hAt = toHidden.at(sample, place);

      add.run(dh, dhAt, width, h, hAt, toHidden.stride, dh, dhAt, width, units, 0, 0);
      if (recurrence.skips(step, sample)) {
        recurrence.clear(to, toAt, GATES * units);
        return;
      }
      long cAt = cells.at(sample, place);
      tanh.run(cells.memory, cAt, cells.stride, t, tAt, width, units, 0, 0);
      // What h passes to c waits in the place of the first gate's gradient.
      tanhGrad.run(t, tAt, width, gate, o, gap, dh, dhAt, width, to, toAt, width, units, 0, 0);
      add.run(dc, dcAt, width, to, toAt, width, dc, dcAt, width, units, 0, 0);
      long toO = toAt + 3 * size;
      sigmoidGrad.run(gate, o, gap, t, tAt, width, dh, dhAt, width, to, toO, width, units, 0, 0);
      sigmoidGrad.run(gate, i, gap, gate, g, gap, dc, dcAt, width, to, toAt, width, units, 0, 0);
      Rows last = step == 0 ? firstCell : cells;
      long lastAt = last.at(sample, step == 0 ? 0 : recurrence.place(step - 1));
      long toF = toAt + size;
      sigmoidGrad.run(
          gate,
          f,
          gap,
          last.memory,
          lastAt,
          last.stride,
          dc,
          dcAt,
          width,
          to,
          toF,
          width,
          units,
          0,
          0);
      long toG = toAt + 2 * size;
      tanhGrad.run(gate, g, gap, gate, i, gap, dc, dcAt, width, to, toG, width, units, 0, 0);
      mul.run(dc, dcAt, width, gate, f, gap, dc, dcAt, width, units, 0, 0);
      if (recurrence.isMasked()) {
        recurrence.clear(dh, dhAt, units);
      }
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
    private final Tensor cells;
    private final Tensor first;
    private final Tensor recurrentKernel;
    private final Tensor[] above;

    /** With the gradients of all h, of the last h and of the last c. */
    Backward(
        boolean reverse,
        Tensor mask,
        Tensor gates,
        Tensor cells,
        Tensor first,
        Tensor recurrentKernel,
        Tensor... above) {
      this.places = Recurrence.places(gates.extent(1), reverse);
      this.units = first.extent(1);
      this.mask = mask;
      this.gates = gates;
      this.cells = cells;
      this.first = first;
      this.recurrentKernel = recurrentKernel;
      this.above = above;
    }

    /** The gate of a step. */
    private Tensor gate(int step, int which) {
      return Recurrence.gate(Recurrence.at(gates, places[step]), which, units);
    }

    private Tensor tanh(int step) {
      return Recurrence.at(cells, places[step]).tanh();
    }

    /** {@code x [n, k]} for samples that take the step in this place, zero for others. */
    private Tensor taken(Tensor x, int place) {
      return Recurrence.taken(mask, x, place);
    }

    /** {@code x [n, k]} for samples that skip the step in this place, or null. */
    private Tensor skipped(Tensor x, int place) {
      return Recurrence.skipped(mask, x, place);
    }

    /** The c before a step. */
    private Tensor before(int step) {
      return step == 0 ? first : Recurrence.at(cells, places[step - 1]);
    }

    /**
     * The gradients of a step.
     *
     * @param toSums of the gates' sums
     * @param toHidden of h
     * @param toCell of c
     */
    private record At(Tensor toSums, Tensor toHidden, Tensor toCell) {}

    /** The gradients of all steps, and the first h's and c's at the end. */
    private Tensor[] run(At[] steps, Tensor toGates, Tensor toCells) {
      Tensor toHidden = above[1];
      Tensor toCell = above[2];
      for (int step = steps.length - 1; step >= 0; step--) {
        int place = places[step];
        Tensor i = gate(step, 0);
        Tensor f = gate(step, 1);
        Tensor g = gate(step, 2);
        Tensor o = gate(step, 3);
        Tensor t = tanh(step);
        Tensor dh = toHidden.add(Recurrence.at(above[0], place));
        Tensor dc = toCell.add(taken(dh.mul(o).mul(Recurrence.tanhSlope(t)), place));
        if (toCells != null) {
          dc = dc.add(Recurrence.at(toCells, place));
        }
        Tensor toValues =
            new Concat(1).apply(dc.mul(g), dc.mul(before(step)), dc.mul(i), dh.mul(t));
        if (toGates != null) {
          toValues = toValues.add(Recurrence.at(toGates, place));
        }
        Tensor slopes =
            new Concat(1)
                .apply(
                    Recurrence.sigmoidSlope(i),
                    Recurrence.sigmoidSlope(f),
                    Recurrence.tanhSlope(g),
                    Recurrence.sigmoidSlope(o));
        Tensor toSums = taken(toValues.mul(slopes), place);
        steps[step] = new At(toSums, dh, dc);
        toHidden = Recurrence.sum(MatMul.left(toSums, recurrentKernel), skipped(dh, place));
        toCell = Recurrence.sum(taken(dc.mul(f), place), skipped(dc, place));
      }
      return new Tensor[] {toHidden, toCell};
    }

    /** What {@link Grad} gives, with gradients of the gates' values and of all c, or null. */
    Tensor[] through(Tensor toGates, Tensor toCells) {
      At[] steps = new At[places.length];
      Tensor[] first = run(steps, toGates, toCells);
      Tensor[] sums = new Tensor[steps.length];
      for (int step = 0; step < steps.length; step++) {
        sums[places[step]] = steps[step].toSums;
      }
      return new Tensor[] {Recurrence.sequence(sums, gates), first[0], first[1]};
    }

    /** The gradients of {@link Grad}'s inputs from those of its outputs, or null. */
    Tensor[] adjoint(Tensor toSums, Tensor toHidden, Tensor toCell) {
      int count = places.length;
      At[] steps = new At[count];
      run(steps, null, null);
      Tensor[] toGates = new Tensor[count];
      Tensor[] toCells = new Tensor[count];
      Tensor[] toAbove = new Tensor[count];
      Tensor zeros = first.scope().zeros(first.dtype(), first.shape());
      Tensor h = toHidden == null ? zeros : toHidden;
      Tensor c = toCell == null ? zeros : toCell;
      Tensor toKernel = null;
      Tensor toFirst = zeros;
      for (int step = 0; step < count; step++) {
        int place = places[step];
        Tensor i = gate(step, 0);
        Tensor f = gate(step, 1);
        Tensor g = gate(step, 2);
        Tensor o = gate(step, 3);
        Tensor t = tanh(step);
        Tensor dh = steps[step].toHidden;
        Tensor dc = steps[step].toCell;
        Tensor sums = h.matmul(recurrentKernel);
        if (toSums != null) {
          sums = sums.add(Recurrence.at(toSums, place));
        }
        sums = taken(sums, place);
        Tensor kept = taken(c, place);
        toKernel =
            Recurrence.sum(toKernel, MatMul.right(h, steps[step].toSums, recurrentKernel.shape()));
        Tensor si = Recurrence.gate(sums, 0, units).mul(Recurrence.sigmoidSlope(i));
        Tensor sf = Recurrence.gate(sums, 1, units).mul(Recurrence.sigmoidSlope(f));
        Tensor sg = Recurrence.gate(sums, 2, units).mul(Recurrence.tanhSlope(g));
        Tensor so = Recurrence.gate(sums, 3, units).mul(Recurrence.sigmoidSlope(o));
        Tensor ri = Recurrence.gate(sums, 0, units).mul(i.mul(-2).add(1));
        Tensor rf = Recurrence.gate(sums, 1, units).mul(f.mul(-2).add(1));
        Tensor rg = Recurrence.gate(sums, 2, units).mul(g.mul(-2));
        Tensor ro = Recurrence.gate(sums, 3, units).mul(o.mul(-2).add(1));
        Tensor toC =
            Recurrence.sum(
                si.mul(g), sf.mul(before(step)), sg.mul(i), kept.mul(f), skipped(c, place));
        Tensor through = taken(toC.mul(Recurrence.tanhSlope(t)), place);
        Tensor toH = Recurrence.sum(so.mul(t), through.mul(o), skipped(h, place));
        toGates[place] =
            new Concat(1)
                .apply(
                    dc.mul(ri.mul(g).add(sg)),
                    dc.mul(rf.mul(before(step)).add(kept)),
                    dc.mul(si.add(rg.mul(i))),
                    dh.mul(ro.mul(t).add(through)));
        Tensor toT = dh.mul(so.add(taken(toC.mul(o).mul(t).mul(-2), place)));
        toCells[place] = toT.mul(Recurrence.tanhSlope(t));
        Tensor toBefore = dc.mul(sf);
        if (step == 0) {
          toFirst = toBefore;
        } else {
          int last = places[step - 1];
          toCells[last] = toCells[last].add(toBefore);
        }
        toAbove[place] = toH;
        h = toH;
        c = toC;
      }
      return new Tensor[] {
        Recurrence.sequence(toGates, gates),
        Recurrence.sequence(toCells, cells),
        toFirst,
        toKernel,
        Recurrence.sequence(toAbove, cells),
        h,
        c
      };
    }
  }
}
