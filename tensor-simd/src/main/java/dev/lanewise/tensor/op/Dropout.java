package dev.lanewise.tensor.op;

import dev.lanewise.kernel.DropoutLoop;
import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.Philox;
import dev.lanewise.kernel.ZipKernel;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;
import dev.lanewise.tensor.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Each element set to zero with probability {@code rate}, the others divided by {@code 1 - rate}
 * (Srivastava et al. 2014). Input and output: any shape; hidden, the mask of zeros and {@code 1 /
 * (1 - rate)}.
 *
 * <p>Whether element {@code i} in row-major order stays is a function of the stream and {@code i}
 * alone.
 *
 * @param rate the probability, at least 0 and less than 1
 * @param stream the random numbers
 */
public record Dropout(double rate, Philox stream) implements Op {
  /**
   * A dropout.
   *
   * @throws IllegalArgumentException if the rate is out of range
   */
  public Dropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout: rate " + rate + " is not in [0, 1)");
    }
  }

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 1);
    Spec out = new Spec(in.requireFloating(name()), in.first().layout().packed());
    return Specs.of(out, out);
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor mask = operands.output(1);
    Element element = mask.dtype().element();
    ZipKernel mul = operands.engine().kernels().zip(Lane.MUL, element);
    Tensor out = operands.output(0);
    Step multiply =
        new Elementwise.Walk(out, out.layout(), operands.input(0), mask) {
          @Override
          void row(long at0, long at1, long at2, long outAt, long count) {
            mul.run(
                memory[0],
                at0,
                innerStride(0),
                memory[1],
                at1,
                innerStride(1),
                memory[2],
                outAt,
                innerStride(2),
                count,
                0,
                0);
          }
        };
    return Copies.inOrder(List.of(new Mask(this, mask), multiply));
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
    return Grads.of(grads.at(0) == null ? null : grads.at(0).mul(saved.output(1)));
  }

  /** Fills the mask in runs of elements that follow each other in row-major order. */
  private static final class Mask implements Step, Workers.Parts {
    /** Elements of one part; an element costs several times as much as in an elementwise loop. */
    private static final long PART = 1 << 14;

    private final DropoutLoop[] loops;
    private final Element element;
    private final MemorySegment memory;
    private final long start;
    private final Layout layout;
    private final Workers workers;
    private final int width;

    /** Axes from this one on make a run. */
    private final int innermost;

    private final long runLength;
    private final long runStride;
    private final long unitsOfRun;
    private final long unit;
    private final long units;
    private final int parts;

    Mask(Dropout dropout, Tensor mask) {
      element = mask.dtype().element();
      memory = mask.memory();
      start = mask.at();
      layout = mask.layout();
      workers = mask.engine().workers();
      loops = new DropoutLoop[workers.threads()];
      Arrays.setAll(loops, slot -> new DropoutLoop(dropout.stream, dropout.rate));
      width = element.bytes();
      int axis = mask.rank();
      long length = 1;
      long stride = width;
      while (axis > 0) {
        long extent = mask.extent(axis - 1);
        if (length > 1 && extent != 1 && mask.byteStride(axis - 1) != stride * length) {
          break;
        }
        axis--;
        stride = length == 1 && extent != 1 ? mask.byteStride(axis) : stride;
        length *= extent;
      }
      innermost = axis;
      runLength = length;
      runStride = stride;
      unit = Math.clamp(length, 1, PART);
      unitsOfRun = Math.ceilDiv(length, unit);
      units = mask.size() == 0 ? 0 : mask.size() / length * unitsOfRun;
      parts = Math.clamp(mask.size() / PART, 1, Math.clamp(units, 1, 1 << 20));
    }

    @Override
    public void run() {
      workers.run(this, parts);
    }

    @Override
    public void run(int part, int slot) {
      long end = units * (part + 1) / parts;
      for (long number = units * part / parts; number < end; number++) {
        long run = number / unitsOfRun;
        long first = number % unitsOfRun * unit;
        loops[slot].run(
            element,
            memory,
            start + outerAt(run) + first * runStride,
            runStride,
            run * runLength + first,
            Math.min(unit, runLength - first));
      }
    }

    private long outerAt(long run) {
      long distance = 0;
      long rest = run;
      for (int axis = innermost - 1; axis >= 0; axis--) {
        distance += rest % layout.shape().extent(axis) * layout.stride(axis);
        rest /= layout.shape().extent(axis);
      }
      return distance * width;
    }
  }
}
