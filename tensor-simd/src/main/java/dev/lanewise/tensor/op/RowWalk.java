package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.ReduceKernel;
import dev.lanewise.kernel.Reduction;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.ZipKernel;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A walk over rows, in blocks so small that several passes over one stay in the caches. A row holds
 * the elements of all axes from one on.
 *
 * <p>Rows are adjacent in memory; an operand in another order is copied first. What passes keep
 * between them are buffers, with one value per row of a block, such as its mean, and whole blocks.
 *
 * <p>A pass calls one kernel. Passes of several classes are run from one place in the code, which
 * C2 therefore leaves a call: were the kernels of a normalisation inlined into one method, their
 * vectors would be boxed wherever its inlining budget ends.
 */
final class RowWalk implements Step, Workers.Parts {
  private static final long PART = 1 << 15;
  private static final long BLOCK = 1 << 11;
  private static final int ALIGNED = 16;

  private final Kernels kernels;
  private final Element element;
  private final Tensor[] tensors;
  private final Step copies;
  private final Workers workers;
  private final long extent;
  private final int width;
  private final long rowBytes;
  private final long rows;
  private final long rowsOfBlock;
  private final long blocks;
  private final int parts;
  private final int buffers;
  private final long bufferBytes;
  private final long blockBytes;
  private final long slotBytes;
  private final Tensor scratch;
  private final List<Pass> building = new ArrayList<>();
  private Pass[] passes = {};

  /**
   * Where rows lie.
   *
   * @param start byte offset in the memory; of a walk's own memory, in that of one thread
   * @param ofThread whether every thread has such rows of its own
   * @param blockStride bytes from a row to the same row of the next block, divided by the rows of a
   *     block
   * @param rowStride bytes from one row of a block to the next
   * @param stride bytes from one element to the next
   */
  record Place(
      MemorySegment memory,
      long start,
      boolean ofThread,
      long blockStride,
      long rowStride,
      long stride) {
    /** Byte offset of a block whose first row is {@code first}. */
    long at(long first, long own) {
      return start + first * blockStride + (ofThread ? own : 0);
    }
  }

  /** One kernel over the rows of a block. */
  private interface Pass {
    /**
     * Runs it.
     *
     * @param first the number of the first row
     * @param count number of rows
     * @param own byte offset of the thread's own memory
     */
    void run(long first, long count, long own);
  }

  /**
   * A walk over the rows of input 0 and output 0, without passes.
   *
   * @param axis the first axis of a row
   * @param buffers how many buffers there are
   * @param blocks how many blocks of scratch memory
   */
  RowWalk(Operands operands, int axis, int buffers, int blocks) {
    Tensor x = operands.input(0);
    int inputs = operands.inputs();
    kernels = operands.engine().kernels();
    element = x.dtype().element();
    tensors = new Tensor[inputs + 1];
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      tensors[i] = operands.input(i);
      if (!tensors[i].layout().isContiguous()) {
        tensors[i] = operands.scratch(x.dtype(), tensors[i].shape());
        steps.add(Copies.of(operands.input(i), tensors[i]));
      }
    }
    tensors[inputs] = operands.output(0);
    copies = Copies.inOrder(steps);
    workers = operands.engine().workers();
    width = element.bytes();
    extent = Normalization.row("rowWalk", x.shape(), axis).size();
    rows = extent == 0 ? 0 : x.size() / extent;
    rowBytes = extent * width;
    rowsOfBlock = Math.clamp(BLOCK / Math.max(1, extent), 1, Math.max(1, rows));
    this.blocks = Math.ceilDiv(rows, rowsOfBlock);
    parts = Math.clamp(x.size() / PART, 1, Math.clamp(this.blocks, 1, 1 << 20));
    this.buffers = buffers;
    bufferBytes = aligned(rowsOfBlock) * width;
    blockBytes = aligned(rowsOfBlock * extent) * width;
    slotBytes = buffers * bufferBytes + blocks * blockBytes;
    long slots = Math.max(1, workers.threads());
    scratch = operands.scratch(x.dtype(), Shape.of(slotBytes / width * slots));
  }

  private static long aligned(long elements) {
    return Math.ceilDiv(elements, ALIGNED) * ALIGNED;
  }

  /** The rows of an input of x's shape. */
  Place rows(int input) {
    return new Place(
        tensors[input].memory(), tensors[input].at(), false, rowBytes, rowBytes, width);
  }

  /** The rows of the output. */
  Place output() {
    return rows(tensors.length - 1);
  }

  /** The only row of an input, for every row. */
  Place row(int input) {
    return new Place(tensors[input].memory(), tensors[input].at(), false, 0, 0, width);
  }

  /** A buffer's value of each row, for all its elements. */
  Place buffer(int i) {
    return new Place(scratch.memory(), scratch.at() + i * bufferBytes, true, 0, width, 0);
  }

  /** The rows of a block of scratch memory. */
  Place block(int i) {
    long at = scratch.at() + buffers * bufferBytes + i * blockBytes;
    return new Place(scratch.memory(), at, true, 0, rowBytes, width);
  }

  /** Adds a pass: the sum of each row into a buffer. */
  RowWalk sum(Place x, Place buffer) {
    return with(new Sum(kernels.reduce(Reduction.SUM, element), x, buffer));
  }

  /** Adds passes: the mean of each row into a buffer. */
  RowWalk mean(Place x, Place buffer) {
    return sum(x, buffer).values(Lane.SCALE, buffer, 1.0 / extent, 0);
  }

  /** Adds passes: one over the root of the mean of each row and {@code epsilon} into a buffer. */
  RowWalk inverseRoot(Place squares, Place buffer, double epsilon) {
    return sum(squares, buffer).values(Lane.INVERSE_ROOT, buffer, 1.0 / extent, epsilon);
  }

  private RowWalk values(Lane lane, Place buffer, double p, double q) {
    return with(new Values(kernels.map(lane, element), buffer, p, q));
  }

  /** Adds a pass: a function of rows. */
  RowWalk map(Lane lane, Place x, Place out) {
    return with(new Map(kernels.map(lane, element), x, out));
  }

  /** Adds a pass: a function of rows, of a row or of values in a buffer. */
  RowWalk zip(Lane lane, Place x, Place y, Place out) {
    return with(new Zip(kernels.zip(lane, element), x, y, out));
  }

  /** Adds a pass: a function of rows, of a row or of values in a buffer. */
  RowWalk ternary(Lane lane, Place x, Place y, Place z, Place out) {
    return with(new Ternary(kernels.ternary(lane, element), x, y, z, out));
  }

  private RowWalk with(Pass pass) {
    building.add(pass);
    passes = building.toArray(Pass[]::new);
    return this;
  }

  @Override
  public void run() {
    copies.run();
    workers.run(this, parts);
  }

  @Override
  public void run(int part, int slot) {
    long own = slot * slotBytes;
    long end = blocks * (part + 1) / parts;
    for (long block = blocks * part / parts; block < end; block++) {
      long first = block * rowsOfBlock;
      long count = Math.min(rowsOfBlock, rows - first);
      for (Pass pass : passes) {
        pass.run(first, count, own);
      }
    }
  }

  private final class Sum implements Pass {
    private final ReduceKernel kernel;
    private final Place x;
    private final Place out;

    Sum(ReduceKernel kernel, Place x, Place out) {
      this.kernel = kernel;
      this.x = x;
      this.out = out;
    }

    @Override
    public void run(long first, long count, long own) {
      long xAt = x.at(first, own);
      long outAt = out.at(first, own);
      kernel.rows(x.memory(), xAt, x.rowStride(), width, out.memory(), outAt, width, count, extent);
    }
  }

  private final class Values implements Pass {
    private final MapKernel kernel;
    private final Place buffer;
    private final double p;
    private final double q;

    Values(MapKernel kernel, Place buffer, double p, double q) {
      this.kernel = kernel;
      this.buffer = buffer;
      this.p = p;
      this.q = q;
    }

    @Override
    public void run(long first, long count, long own) {
      MemorySegment memory = buffer.memory();
      long at = buffer.at(first, own);
      kernel.run(memory, at, width, memory, at, width, count, p, q);
    }
  }

  private final class Map implements Pass {
    private final MapKernel kernel;
    private final Place x;
    private final Place out;

    Map(MapKernel kernel, Place x, Place out) {
      this.kernel = kernel;
      this.x = x;
      this.out = out;
    }

    @Override
    public void run(long first, long count, long own) {
      long xAt = x.at(first, own);
      long outAt = out.at(first, own);
      kernel.run(x.memory(), xAt, width, out.memory(), outAt, width, count * extent, 0, 0);
    }
  }

  private final class Zip implements Pass {
    private final ZipKernel kernel;
    private final Place x;
    private final Place y;
    private final Place out;

    Zip(ZipKernel kernel, Place x, Place y, Place out) {
      this.kernel = kernel;
      this.x = x;
      this.y = y;
      this.out = out;
    }

    @Override
    public void run(long first, long count, long own) {
      long xAt = x.at(first, own);
      long yAt = y.at(first, own);
      long outAt = out.at(first, own);
      for (long i = 0; i < count; i++) {
        kernel.run(
            x.memory(),
            xAt + i * x.rowStride(),
            x.stride(),
            y.memory(),
            yAt + i * y.rowStride(),
            y.stride(),
            out.memory(),
            outAt + i * out.rowStride(),
            width,
            extent,
            0,
            0);
      }
    }
  }

  private final class Ternary implements Pass {
    private final TernaryKernel kernel;
    private final Place x;
    private final Place y;
    private final Place z;
    private final Place out;

    Ternary(TernaryKernel kernel, Place x, Place y, Place z, Place out) {
      this.kernel = kernel;
      this.x = x;
      this.y = y;
      this.z = z;
      this.out = out;
    }

    @Override
    public void run(long first, long count, long own) {
      long xAt = x.at(first, own);
      long yAt = y.at(first, own);
      long zAt = z.at(first, own);
      long outAt = out.at(first, own);
      for (long i = 0; i < count; i++) {
        kernel.run(
            x.memory(),
            xAt + i * x.rowStride(),
            x.stride(),
            y.memory(),
            yAt + i * y.rowStride(),
            y.stride(),
            z.memory(),
            zAt + i * z.rowStride(),
            z.stride(),
            out.memory(),
            outAt + i * out.rowStride(),
            width,
            extent,
            0,
            0);
      }
    }
  }
}
