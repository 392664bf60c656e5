package dev.lanewise.tensor.op;

import dev.lanewise.kernel.ReduceKernel;
import dev.lanewise.kernel.Reduction;
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
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What all reductions along axes share: the rule for axes and shapes, and the walk that ends in one
 * call of a row or column kernel per block.
 *
 * <p>Kept axes that lie evenly in input and output become one loop, reduced axes likewise, so that
 * a sum over N, H and W of a channels-last tensor is a sum of the columns of one matrix. Where the
 * innermost kept loop is contiguous its elements are folded as columns, else the innermost reduced
 * loop is folded row by row. A long fold is cut into chunks whose results are folded in order: the
 * chunks run in parallel, and the rounding error of a sum grows with the length of a chunk and the
 * number of chunks instead of with their product. Chunks depend on extents and strides alone.
 */
final class Fold {
  /** Elements of one part, below which waking a thread costs more than it saves. */
  private static final long PART = 1 << 15;

  /**
   * Elements of a chunk that one accumulator folds: of a column, or of one of the lanes of a row.
   */
  private static final long CHUNK = 256;

  private static final long ROW_CHUNK = 16 * CHUNK;
  private static final long COLUMN_SEGMENT = 512;

  private Fold() {}

  /** The axes as a value that records compare. */
  static List<Integer> axes(int... axes) {
    return IntStream.of(axes).boxed().toList();
  }

  /**
   * Which axes of the operand are folded: the named ones, or all if none is named.
   *
   * @throws IllegalArgumentException if an axis is out of range or named twice
   */
  static boolean[] reduced(String operator, Shape shape, List<Integer> axes) {
    boolean[] reduced = new boolean[shape.rank()];
    Arrays.fill(reduced, axes.isEmpty());
    for (int named : axes) {
      int axis = shape.axis(operator, named);
      if (reduced[axis]) {
        throw new IllegalArgumentException(
            operator + ": axis " + axis + " is named twice in " + axes + ": " + shape);
      }
      reduced[axis] = true;
    }
    return reduced;
  }

  /** Number of elements folded into one. */
  static long count(Shape shape, boolean[] reduced) {
    long count = 1;
    for (int axis = 0; axis < reduced.length; axis++) {
      count *= reduced[axis] ? shape.extent(axis) : 1;
    }
    return count;
  }

  /** The shape with one for the extent of every reduced axis. */
  static Shape kept(Shape shape, boolean[] reduced) {
    long[] extents = shape.extents();
    for (int axis = 0; axis < extents.length; axis++) {
      extents[axis] = reduced[axis] ? 1 : extents[axis];
    }
    return Shape.of(extents);
  }

  /** The output of a reduction, its axes in memory in the operand's order. */
  static Specs infer(String operator, Specs in, List<Integer> axes, boolean keepExtents) {
    in.requireCount(operator, 1);
    return infer(operator, in, axes, keepExtents, in.requireFloating(operator));
  }

  /** The output of a reduction to another element type. */
  static Specs infer(
      String operator, Specs in, List<Integer> axes, boolean keepExtents, DType dtype) {
    Layout layout = in.first().layout();
    boolean[] reduced = reduced(operator, layout.shape(), axes);
    Layout whole = MemoryOrder.like(layout, kept(layout.shape(), reduced));
    return Specs.of(new Spec(dtype, keepExtents ? whole : without(whole, reduced)));
  }

  /**
   * As {@link #infer(String, Specs, List, boolean)}, for functions without a value for no elements.
   */
  static Specs inferNotEmpty(String operator, Specs in, List<Integer> axes, boolean keepExtents) {
    Specs out = infer(operator, in, axes, keepExtents);
    Shape shape = in.shape(0);
    if (out.shape(0).size() > 0 && count(shape, reduced(operator, shape, axes)) == 0) {
      throw in.error(operator, "no elements along axes " + axes);
    }
    return out;
  }

  private static Layout without(Layout layout, boolean[] gone) {
    int rank = 0;
    for (boolean axis : gone) {
      rank += axis ? 0 : 1;
    }
    long[] extents = new long[rank];
    long[] strides = new long[rank];
    int place = 0;
    for (int axis = 0; axis < gone.length; axis++) {
      if (!gone[axis]) {
        extents[place] = layout.shape().extent(axis);
        strides[place++] = layout.stride(axis);
      }
    }
    return Layout.of(Shape.of(extents), strides, layout.offset());
  }

  /** The gradient of an output of {@link #infer} with ones where axes vanished. */
  static Tensor restored(Tensor grad, Shape shape, boolean[] reduced) {
    return grad.reshape(kept(shape, reduced));
  }

  /** The fold of input 0 into output 0 along these axes. */
  static Step of(Reduction reduction, Operands operands, boolean[] reduced) {
    return of(reduction, operands, operands.input(0), operands.output(0), reduced);
  }

  /**
   * The fold of {@code x} into {@code out}, which has the kept axes, with or without ones for the
   * others, and lies in memory without gaps.
   */
  static Step of(Reduction reduction, Operands operands, Tensor x, Tensor out, boolean[] reduced) {
    ReduceKernel kernel = operands.engine().kernels().reduce(reduction, x.dtype().element());
    Chunks chunks = new Chunks(kernel, operands, x, out, reduced);
    return chunks.count() == 1 ? chunks : new Ordered(chunks, kernel, out);
  }

  /**
   * Loops of one operand, outermost first, with a stride in bytes for it and one for the output.
   */
  private static final class Loops {
    final long[] extents;
    final long[] strides;
    final long[] outStrides;
    int count;

    Loops(int most) {
      extents = new long[most];
      strides = new long[most];
      outStrides = new long[most];
    }

    /** Adds a loop where its stride in the output, else in the operand, says. */
    void add(long extent, long stride, long outStride) {
      int place = count++;
      while (place > 0 && isInside(place - 1, stride, outStride)) {
        move(place - 1, place);
        place--;
      }
      extents[place] = extent;
      strides[place] = stride;
      outStrides[place] = outStride;
    }

    private boolean isInside(int loop, long stride, long outStride) {
      return outStrides[loop] == outStride
          ? Math.abs(strides[loop]) < Math.abs(stride)
          : outStrides[loop] < outStride;
    }

    private void move(int from, int to) {
      extents[to] = extents[from];
      strides[to] = strides[from];
      outStrides[to] = outStrides[from];
    }

    /** Joins neighbours that both operands step through evenly. */
    void merge() {
      int merged = 0;
      for (int loop = 1; loop < count; loop++) {
        long extent = extents[loop];
        if (strides[merged] == strides[loop] * extent
            && outStrides[merged] == outStrides[loop] * extent) {
          extents[merged] *= extent;
          strides[merged] = strides[loop];
          outStrides[merged] = outStrides[loop];
        } else {
          move(loop, ++merged);
        }
      }
      count = Math.min(count, merged + 1);
    }

    /** Takes a loop out and returns where it was moved to: behind the last that is left. */
    int takeOut(int loop) {
      long extent = extents[loop];
      long stride = strides[loop];
      long outStride = outStrides[loop];
      for (int next = loop + 1; next < count; next++) {
        move(next, next - 1);
      }
      count--;
      extents[count] = extent;
      strides[count] = stride;
      outStrides[count] = outStride;
      return count;
    }

    long size() {
      long size = 1;
      for (int loop = 0; loop < count; loop++) {
        size *= extents[loop];
      }
      return size;
    }

    /** Bytes from the first element to that of this number in the order of the loops. */
    long offset(long number) {
      long at = 0;
      long rest = number;
      for (int loop = count - 1; loop >= 0; loop--) {
        at += rest % extents[loop] * strides[loop];
        rest /= extents[loop];
      }
      return at;
    }
  }

  /**
   * Folds each chunk of each output element. Where there is one chunk only it is the whole fold;
   * else the results are a matrix with a row per chunk.
   */
  private static final class Chunks implements Step, Workers.Parts {
    private final ReduceKernel kernel;
    private final Workers workers;
    private final int width;
    private final MemorySegment x;
    private final long xAt;
    private final MemorySegment target;
    private final long targetAt;
    private final Loops kept;
    private final Loops reduced;

    /** The kept loop whose elements one kernel call folds side by side. */
    private final long lines;

    private final long lineStride;
    private final long segment;
    private final long segments;

    /** The reduced loop that a kernel call folds, a chunk at a time. */
    private final long extent;

    private final long stride;
    private final long chunk;
    private final long chunksOfExtent;
    private final long chunks;
    private final boolean columns;
    private final long keptSize;
    private final long units;
    private final int parts;

    Chunks(ReduceKernel kernel, Operands operands, Tensor x, Tensor out, boolean[] isReduced) {
      this.kernel = kernel;
      this.workers = operands.engine().workers();
      this.width = x.dtype().bytes();
      this.x = x.memory();
      this.xAt = x.at();
      this.keptSize = out.size();
      this.kept = keptLoops(x, out, isReduced);
      this.reduced = reducedLoops(x, isReduced);
      int line = kept.count == 0 ? -1 : kept.takeOut(kept.count - 1);
      this.lines = line < 0 ? 1 : kept.extents[line];
      this.lineStride = line < 0 ? 0 : kept.strides[line];
      this.columns = line >= 0 && lineStride == width;
      int folded =
          reduced.count == 0 ? -1 : reduced.takeOut(columns ? longest() : reduced.count - 1);
      this.extent = x.size() == 0 ? 0 : folded < 0 ? 1 : reduced.extents[folded];
      this.stride = folded < 0 ? width : reduced.strides[folded];
      if (columns) {
        this.segment = Math.clamp(lines, 1, COLUMN_SEGMENT);
        this.chunk = CHUNK;
      } else {
        this.chunk = ROW_CHUNK;
        long elements = Math.clamp(extent, 1, ROW_CHUNK);
        this.segment = Math.clamp(PART / elements, 1, Math.max(1, lines));
      }
      this.segments = Math.ceilDiv(lines, segment);
      this.chunksOfExtent = Math.max(1, Math.ceilDiv(extent, chunk));
      this.chunks = Math.max(1, reduced.size() * chunksOfExtent);
      this.units = keptSize == 0 ? 0 : chunks * kept.size() * segments;
      this.parts = Math.clamp(x.size() / PART, 1, Math.clamp(units, 1, 1 << 20));
      Tensor place =
          chunks == 1 ? out : operands.scratch(x.dtype(), Shape.of(chunks, Math.max(1, keptSize)));
      this.target = place.memory();
      this.targetAt = place.at();
    }

    private static Loops keptLoops(Tensor x, Tensor out, boolean[] reduced) {
      Loops loops = new Loops(reduced.length);
      boolean all = out.rank() == reduced.length;
      int outAxis = 0;
      for (int axis = 0; axis < reduced.length; axis++) {
        if (!reduced[axis] && x.extent(axis) != 1) {
          loops.add(x.extent(axis), x.byteStride(axis), out.byteStride(outAxis));
        }
        outAxis += all || !reduced[axis] ? 1 : 0;
      }
      loops.merge();
      return loops;
    }

    private static Loops reducedLoops(Tensor x, boolean[] reduced) {
      Loops loops = new Loops(reduced.length);
      for (int axis = 0; axis < reduced.length; axis++) {
        if (reduced[axis] && x.extent(axis) != 1 && x.size() > 0) {
          loops.add(x.extent(axis), x.byteStride(axis), 0);
        }
      }
      loops.merge();
      return loops;
    }

    private int longest() {
      int longest = reduced.count - 1;
      for (int loop = longest - 1; loop >= 0; loop--) {
        longest = reduced.extents[loop] > reduced.extents[longest] ? loop : longest;
      }
      return longest;
    }

    long count() {
      return chunks;
    }

    @Override
    public void run() {
      workers.run(this, parts);
    }

    @Override
    public void run(int part, int slot) {
      long end = units * (part + 1) / parts;
      for (long unit = units * part / parts; unit < end; unit++) {
        long segmentNumber = unit % segments;
        long rest = unit / segments;
        long keptNumber = rest % kept.size();
        fold(rest / kept.size(), keptNumber, segmentNumber * segment);
      }
    }

    private void fold(long chunkNumber, long keptNumber, long line) {
      long first = chunkNumber % chunksOfExtent * chunk;
      long from =
          xAt
              + kept.offset(keptNumber)
              + reduced.offset(chunkNumber / chunksOfExtent)
              + line * lineStride
              + first * stride;
      long to = targetAt + (chunkNumber * keptSize + keptNumber * lines + line) * width;
      long count = Math.min(chunk, extent - first);
      long side = Math.min(segment, lines - line);
      if (columns) {
        kernel.columns(x, from, stride, target, to, count, side);
      } else {
        kernel.rows(x, from, lineStride, stride, target, to, width, side, count);
      }
    }
  }

  /** Folds the chunks' results in order. */
  private static final class Ordered implements Step, Workers.Parts {
    private final Chunks chunks;
    private final ReduceKernel kernel;
    private final MemorySegment out;
    private final long outAt;
    private final long size;
    private final int parts;

    Ordered(Chunks chunks, ReduceKernel kernel, Tensor out) {
      this.chunks = chunks;
      this.kernel = kernel;
      this.out = out.memory();
      this.outAt = out.at();
      this.size = out.size();
      long most = Math.max(1, size / 64);
      this.parts = (int) Math.clamp(chunks.count() * size / PART, 1, Math.min(most, 1 << 20));
    }

    @Override
    public void run() {
      chunks.run();
      chunks.workers.run(this, parts);
    }

    @Override
    public void run(int part, int slot) {
      long from = size * part / parts;
      long to = size * (part + 1) / parts;
      int width = chunks.width;
      if (size == 1) {
        kernel.rows(chunks.target, chunks.targetAt, 0, width, out, outAt, width, 1, chunks.count());
      } else {
        kernel.columns(
            chunks.target,
            chunks.targetAt + from * width,
            size * width,
            out,
            outAt + from * width,
            chunks.count(),
            to - from);
      }
    }
  }
}
