package dev.lanewise.tensor.op;

import dev.lanewise.kernel.ReduceKernel;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.ZipKernel;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import java.lang.foreign.MemorySegment;

/**
 * The walk over the lines of up to three operands along one axis, the output last, in blocks small
 * enough that several passes over one stay in the first-level cache.
 *
 * <p>A block holds some lines side by side. Where neighbouring lines are adjacent in every operand
 * its kernels run across the lines, one index of the axis at a time, else along each line. A buffer
 * holds one value per line of a block, such as its sum.
 */
abstract class Lines implements Step, Workers.Parts {
  private static final long PART = 1 << 15;
  private static final long BLOCK = 1 << 13;
  private static final long LEAST_COLUMNS = 64;
  private static final int ALIGNED_LINES = 16;

  final MemorySegment[] memory;
  final long[] lineStride;
  final long[] axisStride;
  final long extent;

  /** The buffers' memory; {@link #block} is told where its first one begins. */
  final MemorySegment buffers;

  /** Bytes from one buffer of a block to the next. */
  final long bufferBytes;

  private final Workers workers;
  private final long[] start;
  private final long[] extents;
  private final long[][] strides;
  private final long lines;
  private final long segment;
  private final long segments;
  private final boolean across;
  private final int width;
  private final long buffersAt;
  private final long slotBytes;
  private final long units;
  private final int parts;

  /**
   * A walk along {@code axis} of the first tensor.
   *
   * @param bufferCount buffers that a block needs
   * @param tensors of the first one's shape, or of that shape without the axis
   */
  Lines(Operands operands, int axis, int bufferCount, Tensor... tensors) {
    workers = operands.engine().workers();
    int count = tensors.length;
    memory = new MemorySegment[count];
    start = new long[count];
    axisStride = new long[count];
    lineStride = new long[count];
    Layout[] layouts = new Layout[count];
    int[] widths = new int[count];
    int rank = tensors[0].rank();
    for (int i = 0; i < count; i++) {
      Tensor tensor = tensors[i];
      memory[i] = tensor.memory();
      start[i] = tensor.at();
      widths[i] = tensor.dtype().bytes();
      boolean whole = tensor.rank() == rank;
      axisStride[i] = whole ? tensor.byteStride(axis) : 0;
      layouts[i] = whole ? without(tensor.layout(), axis) : tensor.layout();
    }
    extent = tensors[0].extent(axis);
    width = widths[0];
    LoopNest nest = LoopNest.of(layouts, widths);
    extents = nest.extents();
    strides = nest.strides();
    int last = extents.length - 1;
    lines = extents[last];
    boolean adjacent = lines > 1 && axisStride[count - 1] != width;
    for (int i = 0; i < count; i++) {
      lineStride[i] = strides[i][last];
      adjacent &= lineStride[i] == width;
    }
    across = adjacent;
    long fitting = Math.clamp(BLOCK / Math.max(1, extent), across ? LEAST_COLUMNS : 1, BLOCK);
    segment = Math.clamp(lines, 1, fitting);
    segments = Math.ceilDiv(lines, segment);
    long outer = 1;
    for (int level = 0; level < last; level++) {
      outer *= extents[level];
    }
    units = tensors[0].size() == 0 ? 0 : outer * segments;
    parts = Math.clamp(tensors[0].size() / PART, 1, Math.clamp(units, 1, 1 << 20));
    bufferBytes = (segment + ALIGNED_LINES - 1) / ALIGNED_LINES * ALIGNED_LINES * width;
    slotBytes = bufferCount * bufferBytes;
    if (bufferCount == 0) {
      buffers = null;
      buffersAt = 0;
    } else {
      long elements = slotBytes / width * workers.threads();
      Tensor scratch = operands.scratch(tensors[0].dtype(), Shape.of(elements));
      buffers = scratch.memory();
      buffersAt = scratch.at();
    }
  }

  private static Layout without(Layout layout, int axis) {
    Shape shape = layout.shape().without(axis);
    long[] strides = new long[shape.rank()];
    for (int i = 0; i < strides.length; i++) {
      strides[i] = layout.stride(i < axis ? i : i + 1);
    }
    return Layout.of(shape, strides, layout.offset());
  }

  /**
   * One block.
   *
   * @param line number of its first line
   * @param at0 byte offset of the first line of the first operand, and so on; zero where there is
   *     no such operand
   * @param buffer byte offset of the first buffer in {@link #buffers}
   * @param count number of lines
   */
  abstract void block(long line, long at0, long at1, long at2, long buffer, long count);

  @Override
  public final void run() {
    workers.run(this, parts);
  }

  @Override
  public final void run(int part, int slot) {
    long end = units * (part + 1) / parts;
    for (long unit = units * part / parts; unit < end; unit++) {
      long first = unit % segments * segment;
      long outer = unit / segments;
      block(
          outer * lines + first,
          at(0, outer, first),
          at(1, outer, first),
          at(2, outer, first),
          buffersAt + slot * slotBytes,
          Math.min(segment, lines - first));
    }
  }

  private long at(int operand, long outer, long line) {
    if (operand >= start.length) {
      return 0;
    }
    long at = start[operand] + line * lineStride[operand];
    long rest = outer;
    for (int level = extents.length - 2; level >= 0; level--) {
      at += rest % extents[level] * strides[operand][level];
      rest /= extents[level];
    }
    return at;
  }

  /** One value per line into a buffer. */
  final void fold(ReduceKernel kernel, int operand, long at, long buffer, long count) {
    if (across) {
      kernel.columns(memory[operand], at, axisStride[operand], buffers, buffer, extent, count);
    } else {
      kernel.rows(
          memory[operand],
          at,
          lineStride[operand],
          axisStride[operand],
          buffers,
          buffer,
          width,
          count,
          extent);
    }
  }

  /** A function of an operand and a line's value in a buffer. */
  final void zipBuffer(
      ZipKernel kernel, int operand, long at, long buffer, int out, long outAt, long count) {
    long repeats = across ? extent : count;
    long step = across ? axisStride[operand] : lineStride[operand];
    long outStep = across ? axisStride[out] : lineStride[out];
    for (long i = 0; i < repeats; i++) {
      kernel.run(
          memory[operand],
          at + i * step,
          across ? width : axisStride[operand],
          buffers,
          across ? buffer : buffer + i * width,
          across ? width : 0,
          memory[out],
          outAt + i * outStep,
          across ? width : axisStride[out],
          across ? count : extent,
          0,
          0);
    }
  }

  /** A function of the first two operands into the third. */
  final void zip(ZipKernel kernel, long at0, long at1, long at2, long count) {
    long repeats = across ? extent : count;
    long[] step = across ? axisStride : lineStride;
    long[] inner = across ? lineStride : axisStride;
    for (long i = 0; i < repeats; i++) {
      kernel.run(
          memory[0],
          at0 + i * step[0],
          inner[0],
          memory[1],
          at1 + i * step[1],
          inner[1],
          memory[2],
          at2 + i * step[2],
          inner[2],
          across ? count : extent,
          0,
          0);
    }
  }

  /** A function of the first two operands and a line's value in a buffer, into the third. */
  final void ternaryBuffer(
      TernaryKernel kernel, long at0, long at1, long buffer, long at2, long count) {
    long repeats = across ? extent : count;
    long[] step = across ? axisStride : lineStride;
    long[] inner = across ? lineStride : axisStride;
    for (long i = 0; i < repeats; i++) {
      kernel.run(
          memory[0],
          at0 + i * step[0],
          inner[0],
          memory[1],
          at1 + i * step[1],
          inner[1],
          buffers,
          across ? buffer : buffer + i * width,
          across ? width : 0,
          memory[2],
          at2 + i * step[2],
          inner[2],
          across ? count : extent,
          0,
          0);
    }
  }
}
