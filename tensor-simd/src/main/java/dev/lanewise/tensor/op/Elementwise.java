package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Comparison;
import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.Format;
import dev.lanewise.kernel.IntegerCompare;
import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.ZipKernel;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import java.lang.foreign.MemorySegment;

/**
 * What all elementwise operators share: the rule for shape and memory order, and the walk over
 * broadcast operands that ends in one kernel call per innermost run.
 */
public final class Elementwise {
  private Elementwise() {}

  /**
   * The output of an elementwise function of floating operands: NumPy's broadcast shape, in the
   * memory order of the first operand that has this shape without gaps.
   *
   * @throws IllegalArgumentException if types differ or are not floating, or shapes do not
   *     broadcast
   */
  public static Specs infer(String operator, Specs in, int operands) {
    in.requireCount(operator, operands);
    return Specs.of(new Spec(in.requireFloating(operator), broadcast(operator, in)));
  }

  /** The broadcast layout alone, whatever the types. */
  public static Layout broadcast(String operator, Specs in) {
    Shape shape = in.shape(0);
    for (int i = 1; i < in.size(); i++) {
      shape = Shape.broadcast(shape, in.shape(i));
      if (shape == null) {
        throw in.error(operator, "shapes do not broadcast");
      }
    }
    for (int i = 0; i < in.size(); i++) {
      Layout layout = in.at(i).layout();
      if (layout.shape().equals(shape) && layout.isDense()) {
        return layout.packed();
      }
    }
    return Layout.contiguous(shape);
  }

  /** {@code out = f(x; p, q)}. */
  public static Step map(Lane lane, Operands operands, double p, double q) {
    MapKernel kernel = operands.engine().kernels().map(lane, element(operands));
    return new Walk(operands) {
      @Override
      void row(long at0, long at1, long at2, long outAt, long count) {
        kernel.run(memory[0], at0, innerStride(0), memory[1], outAt, innerStride(1), count, p, q);
      }
    };
  }

  /** {@code out = f(x, y; p, q)}. */
  public static Step zip(Lane lane, Operands operands, double p, double q) {
    return zip(operands.engine().kernels().zip(lane, element(operands)), operands, p, q);
  }

  /** {@code out = x compared with y}, one byte per element, for operands of any one type. */
  public static Step compare(Comparison comparison, Operands operands) {
    DType dtype = operands.input(0).dtype();
    ZipKernel kernel =
        dtype.isFloating()
            ? operands.engine().kernels().compare(comparison, dtype.element())
            : new IntegerCompare(comparison, format(dtype));
    return zip(kernel, operands, 0, 0);
  }

  private static Step zip(ZipKernel kernel, Operands operands, double p, double q) {
    return new Walk(operands) {
      @Override
      void row(long at0, long at1, long at2, long outAt, long count) {
        kernel.run(
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
            p,
            q);
      }
    };
  }

  /** {@code out = f(x, y, z; p, q)}. */
  public static Step ternary(Lane lane, Operands operands, double p, double q) {
    TernaryKernel kernel = operands.engine().kernels().ternary(lane, element(operands));
    return new Walk(operands) {
      @Override
      void row(long at0, long at1, long at2, long outAt, long count) {
        kernel.run(
            memory[0],
            at0,
            innerStride(0),
            memory[1],
            at1,
            innerStride(1),
            memory[2],
            at2,
            innerStride(2),
            memory[3],
            outAt,
            innerStride(3),
            count,
            p,
            q);
      }
    };
  }

  private static Element element(Operands operands) {
    return operands.input(0).dtype().element();
  }

  /** The kernels' name of a type, or null where no loops over it exist. */
  static Format format(DType dtype) {
    return switch (dtype.kind()) {
      case FLOAT -> dtype.bits() == 64 ? Format.F64 : dtype.bits() == 32 ? Format.F32 : null;
      case BOOLEAN -> Format.BOOL;
      case UNSIGNED -> dtype.bits() == 8 ? Format.U8 : null;
      case SIGNED ->
          switch (dtype.bits()) {
            case 8 -> Format.I8;
            case 16 -> Format.I16;
            case 32 -> Format.I32;
            case 64 -> Format.I64;
            default -> null;
          };
    };
  }

  /**
   * The nest of loops over an output and up to three operands broadcast to it: axes ordered as they
   * lie in the output, adjacent ones merged, the innermost left to {@link #row}.
   */
  abstract static class Walk implements Step, Workers.Parts {
    /** Elements that one part has at least; below it waking a thread costs more than it saves. */
    private static final long PART = 1 << 15;

    /** Elements of a cache line, at least. */
    private static final long LINE = 64;

    final MemorySegment[] memory;
    private final Workers workers;
    private final long[] at = new long[4];
    private final long[] extents;
    private final long[][] strides;
    private final int last;
    private final int parts;

    Walk(Operands operands) {
      this(operands.output(0), operands.output(0).layout(), inputs(operands));
    }

    /** Over the inputs broadcast to {@code outLayout}, which places the elements of {@code out}. */
    Walk(Tensor out, Layout outLayout, Tensor... inputs) {
      workers = out.engine().workers();
      int count = inputs.length;
      memory = new MemorySegment[count + 1];
      Layout[] layouts = new Layout[count + 1];
      int[] widths = new int[count + 1];
      for (int i = 0; i < count; i++) {
        memory[i] = inputs[i].memory();
        at[i] = inputs[i].at();
        layouts[i] = inputs[i].layout().expand(outLayout.shape());
        widths[i] = inputs[i].dtype().bytes();
      }
      memory[count] = out.memory();
      at[3] = out.at();
      layouts[count] = outLayout;
      widths[count] = out.dtype().bytes();
      LoopNest nest = LoopNest.of(layouts, widths);
      extents = nest.extents();
      strides = nest.strides();
      last = extents.length - 1;
      parts = (int) Math.min(extents[0], Math.max(1, out.size() / PART));
    }

    private static Tensor[] inputs(Operands operands) {
      Tensor[] inputs = new Tensor[operands.inputs()];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = operands.input(i);
      }
      return inputs;
    }

    /**
     * One innermost run: byte offsets of the operands and the output, and the number of elements.
     */
    abstract void row(long at0, long at1, long at2, long outAt, long count);

    final long innerStride(int operand) {
      return strides[operand][last];
    }

    @Override
    public final void run() {
      workers.run(this, parts);
    }

    @Override
    public final void run(int part, int slot) {
      long from = start(part);
      long to = start(part + 1);
      int inputs = strides.length - 1;
      walk(
          0,
          to - from,
          at[0] + from * strides[0][0],
          inputs > 1 ? at[1] + from * strides[1][0] : 0,
          inputs > 2 ? at[2] + from * strides[2][0] : 0,
          at[3] + from * strides[inputs][0]);
    }

    /** Where a part starts in the outermost loop; inside of a row on a boundary of cache lines. */
    private long start(int part) {
      long at = extents[0] * part / parts;
      return last == 0 && part < parts ? at & -LINE : at;
    }

    private void walk(int level, long extent, long at0, long at1, long at2, long outAt) {
      if (level == last) {
        row(at0, at1, at2, outAt, extent);
        return;
      }
      int inputs = strides.length - 1;
      long step0 = strides[0][level];
      long step1 = inputs > 1 ? strides[1][level] : 0;
      long step2 = inputs > 2 ? strides[2][level] : 0;
      long outStep = strides[inputs][level];
      for (long i = 0; i < extent; i++) {
        walk(
            level + 1,
            extents[level + 1],
            at0 + i * step0,
            at1 + i * step1,
            at2 + i * step2,
            outAt + i * outStep);
      }
    }
  }
}
