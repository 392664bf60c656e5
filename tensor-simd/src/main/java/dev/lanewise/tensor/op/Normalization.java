package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.ReduceKernel;
import dev.lanewise.kernel.Reduction;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.ZipKernel;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;
import dev.lanewise.tensor.Workers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What {@link LayerNorm} and {@link RmsNorm} share: shape rules, the gradient of the gradient, and
 * the walk over rows, each of which holds the elements of all normalised axes.
 *
 * <p>Rows are adjacent in memory; an operand in another order is copied first. A block of rows is
 * small enough that the passes over it stay in the caches. Buffers hold one value per row of a
 * block, such as its mean.
 */
final class Normalization {
  private Normalization() {}

  /**
   * The output, of the first operand's shape.
   *
   * @param weights operands after the first that have the normalised axes only; those behind them
   *     have the first operand's shape
   */
  static Specs infer(String operator, Specs in, int axis, int weights) {
    DType dtype = in.requireFloating(operator);
    Shape shape = in.shape(0);
    Shape row = row(shape, shape.axis(operator, axis));
    for (int i = 1; i < in.size(); i++) {
      Shape expected = i <= weights ? row : shape;
      if (!in.shape(i).equals(expected)) {
        throw in.error(operator, expected + " expected for operand " + i);
      }
    }
    return Specs.of(dtype, shape);
  }

  /** The axes from {@code axis} on. */
  private static Shape row(Shape shape, int axis) {
    return Shape.of(Arrays.copyOfRange(shape.extents(), axis, shape.rank()));
  }

  /**
   * The gradients of {@code r (g - mean(g) - n mean(g n))}, where {@code g = grad gamma}, {@code n}
   * is the normalised x and {@code r} the factor that makes it so; without {@code mean(g)} where
   * the mean of x is not taken away.
   *
   * <p>With {@code p(u) = u - mean(u) - n mean(u n)} and a gradient v from above they are: to g,
   * {@code r p(v)}; to x, {@code -r^2 (n (mean(v g) - mean(v) mean(g) - mean(v n) mean(g n)) +
   * mean(g n) p(v) + mean(v n) p(g))}.
   */
  static Grads second(
      Saved saved, Grads grads, Wanted wanted, int axis, double epsilon, boolean centred) {
    Tensor x = saved.input(0);
    Tensor gamma = saved.input(1);
    Tensor grad = saved.input(2);
    Tensor above = grads.at(0);
    int first = x.shape().axis("normalization", axis);
    int[] axes = new int[x.rank() - first];
    Arrays.setAll(axes, i -> first + i);
    Mean mean = Mean.over(axes, true);
    Tensor c = centred ? x.sub(mean.apply(x)) : x;
    Tensor r = mean.apply(c.square()).add(epsilon).apply(Ops.RSQRT);
    Tensor n = c.mul(r);
    Tensor aboveN = mean.apply(above.mul(n));
    Tensor aboveP = projected(above, n, aboveN, mean, centred);
    Tensor scaled = r.mul(aboveP);
    Tensor toX = null;
    if (wanted.input(0)) {
      Tensor g = grad.mul(gamma);
      Tensor gN = mean.apply(g.mul(n));
      Tensor product = mean.apply(above.mul(g)).sub(aboveN.mul(gN));
      if (centred) {
        product = product.sub(mean.apply(above).mul(mean.apply(g)));
      }
      Tensor gP = projected(g, n, gN, mean, centred);
      toX = r.square().neg().mul(n.mul(product).add(gN.mul(aboveP)).add(aboveN.mul(gP)));
    }
    return Grads.of(
        toX, wanted.input(1) ? grad.mul(scaled) : null, wanted.input(2) ? gamma.mul(scaled) : null);
  }

  private static Tensor projected(Tensor u, Tensor n, Tensor uN, Mean mean, boolean centred) {
    Tensor rest = u.sub(n.mul(uN));
    return centred ? rest.sub(mean.apply(u)) : rest;
  }

  /** The walk. */
  abstract static class Rows implements Step, Workers.Parts {
    private static final long PART = 1 << 15;
    private static final long BLOCK = 1 << 11;
    private static final int ALIGNED = 16;

    /** Elements of a row. */
    final long extent;

    /** Bytes of an element. */
    final int width;

    /** Bytes of a row. */
    final long rowBytes;

    /** Memory of the operands, then of the output. */
    final MemorySegment[] memory;

    /** Memory of buffers and of whole blocks for the walk's own use. */
    final MemorySegment scratch;

    /** Bytes from one buffer to the next. */
    final long bufferBytes;

    /** Bytes from one block of scratch memory to the next. */
    final long blockBytes;

    final Kernels kernels;
    final Element element;
    private final ReduceKernel sum;
    private final MapKernel scale;
    private final MapKernel inverseRoot;
    private final ZipKernel squaredDifference;
    private final MapKernel square;
    private final double epsilon;
    private final long[] start;
    private final Step copies;
    private final Workers workers;
    private final long rows;
    private final long rowsOfBlock;
    private final long blocks;
    private final long scratchAt;
    private final long slotBytes;
    private final int parts;

    /**
     * A walk over the rows of input 0 and output 0.
     *
     * @param axis the first of the normalised axes
     * @param buffers how many buffers a block needs
     * @param scratchBlocks how many blocks of scratch memory it needs
     */
    Rows(Operands operands, int axis, double epsilon, int buffers, int scratchBlocks) {
      Tensor x = operands.input(0);
      int count = operands.inputs();
      this.epsilon = epsilon;
      kernels = operands.engine().kernels();
      element = x.dtype().element();
      sum = kernels.reduce(Reduction.SUM, element);
      scale = kernels.map(Lane.SCALE, element);
      inverseRoot = kernels.map(Lane.INVERSE_ROOT, element);
      squaredDifference = kernels.zip(Lane.SQUARED_DIFFERENCE, element);
      square = kernels.map(Lane.SQUARE, element);
      memory = new MemorySegment[count + 1];
      start = new long[count + 1];
      List<Step> steps = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Tensor tensor = operands.input(i);
        if (!tensor.layout().isContiguous()) {
          tensor = operands.scratch(tensor.dtype(), tensor.shape());
          steps.add(Copies.of(operands.input(i), tensor));
        }
        memory[i] = tensor.memory();
        start[i] = tensor.at();
      }
      memory[count] = operands.output(0).memory();
      start[count] = operands.output(0).at();
      copies = Copies.inOrder(steps);
      workers = operands.engine().workers();
      width = element.bytes();
      extent = row(x.shape(), x.shape().axis("normalization", axis)).size();
      rows = extent == 0 ? 0 : x.size() / extent;
      rowBytes = extent * width;
      rowsOfBlock = Math.clamp(BLOCK / Math.max(1, extent), 1, Math.max(1, rows));
      blocks = Math.ceilDiv(rows, rowsOfBlock);
      parts = Math.clamp(x.size() / PART, 1, Math.clamp(blocks, 1, 1 << 20));
      bufferBytes = aligned(rowsOfBlock) * width;
      blockBytes = aligned(rowsOfBlock * extent) * width;
      slotBytes = buffers * bufferBytes + scratchBlocks * blockBytes;
      Tensor own =
          operands.scratch(x.dtype(), Shape.of(slotBytes / width * Math.max(1, workers.threads())));
      scratch = own.memory();
      scratchAt = own.at();
    }

    private static long aligned(long elements) {
      return Math.ceilDiv(elements, ALIGNED) * ALIGNED;
    }

    @Override
    public final void run() {
      copies.run();
      workers.run(this, parts);
    }

    @Override
    public final void run(int part, int slot) {
      long end = blocks * (part + 1) / parts;
      for (long block = blocks * part / parts; block < end; block++) {
        long first = block * rowsOfBlock;
        block(first * rowBytes, Math.min(rowsOfBlock, rows - first), scratchAt + slot * slotBytes);
      }
    }

    /**
     * One block.
     *
     * @param from byte offset of its first row in the operands of x's shape and in the output
     * @param count number of rows
     * @param own byte offset of the first buffer in {@link #scratch}
     */
    abstract void block(long from, long count, long own);

    /** Byte offset of operand {@code i}. */
    final long at(int i) {
      return start[i];
    }

    /** The sum of each row into a buffer. */
    final void sums(MemorySegment x, long at, long buffer, long count) {
      sum.rows(x, at, rowBytes, width, scratch, buffer, width, count, extent);
    }

    /** The mean of each row into a buffer. */
    final void means(MemorySegment x, long at, long buffer, long count) {
      sums(x, at, buffer, count);
      scale.run(scratch, buffer, width, scratch, buffer, width, count, 1.0 / extent, 0);
    }

    /** One over the root of the mean square of each row, by way of {@code squares}. */
    final void factors(
        MemorySegment x, long at, MemorySegment squares, long to, long buffer, long count) {
      square.run(x, at, width, squares, to, width, count * extent, 0, 0);
      roots(squares, to, buffer, count);
    }

    /** As {@link #factors}, of the distances from a mean in a buffer. */
    final void centredFactors(
        MemorySegment x,
        long at,
        long mean,
        MemorySegment squares,
        long to,
        long buffer,
        long count) {
      zip(squaredDifference, x, at, rowBytes, scratch, mean, width, 0, squares, to, count);
      roots(squares, to, buffer, count);
    }

    private void roots(MemorySegment squares, long at, long buffer, long count) {
      sums(squares, at, buffer, count);
      inverseRoot.run(scratch, buffer, width, scratch, buffer, width, count, 1.0 / extent, epsilon);
    }

    /** A function of rows and, for each, of a value in a buffer. */
    final void withBuffer(
        ZipKernel kernel,
        MemorySegment x,
        long at,
        long buffer,
        MemorySegment out,
        long to,
        long count) {
      zip(kernel, x, at, rowBytes, scratch, buffer, width, 0, out, to, count);
    }

    /** A function of rows and of the one row that an operand is. */
    final void withRow(
        ZipKernel kernel,
        MemorySegment x,
        long at,
        int operand,
        MemorySegment out,
        long to,
        long count) {
      zip(kernel, x, at, rowBytes, memory[operand], start[operand], 0, width, out, to, count);
    }

    private void zip(
        ZipKernel kernel,
        MemorySegment x,
        long at,
        long xStep,
        MemorySegment y,
        long yAt,
        long yStep,
        long yStride,
        MemorySegment out,
        long to,
        long count) {
      for (long i = 0; i < count; i++) {
        kernel.run(
            x,
            at + i * xStep,
            width,
            y,
            yAt + i * yStep,
            yStride,
            out,
            to + i * rowBytes,
            width,
            extent,
            0,
            0);
      }
    }

    /** {@code (x - mean) factor}, row by row, both in buffers. */
    final void standardized(
        TernaryKernel kernel,
        MemorySegment x,
        long at,
        long mean,
        long factor,
        MemorySegment out,
        long to,
        long count) {
      for (long i = 0; i < count; i++) {
        kernel.run(
            x,
            at + i * rowBytes,
            width,
            scratch,
            mean + i * width,
            0,
            scratch,
            factor + i * width,
            0,
            out,
            to + i * rowBytes,
            width,
            extent,
            0,
            0);
      }
    }

    /**
     * The output, which holds g, less the part of it that is parallel to the normalised rows, by
     * way of another block.
     */
    final void orthogonal(
        ZipKernel mul,
        TernaryKernel subtractProduct,
        long normalised,
        long products,
        long buffer,
        long to,
        long count) {
      MemorySegment out = memory[memory.length - 1];
      long all = count * extent;
      mul.run(out, to, width, scratch, normalised, width, scratch, products, width, all, 0, 0);
      means(scratch, products, buffer, count);
      for (long i = 0; i < count; i++) {
        subtractProduct.run(
            out,
            to + i * rowBytes,
            width,
            scratch,
            normalised + i * rowBytes,
            width,
            scratch,
            buffer + i * width,
            0,
            out,
            to + i * rowBytes,
            width,
            extent,
            0,
            0);
      }
    }
  }
}
