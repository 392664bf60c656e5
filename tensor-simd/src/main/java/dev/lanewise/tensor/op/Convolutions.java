package dev.lanewise.tensor.op;

import dev.lanewise.kernel.ConvolutionKernel;
import dev.lanewise.kernel.ConvolutionShape;
import dev.lanewise.kernel.Filter;
import dev.lanewise.kernel.Image;
import dev.lanewise.kernel.PackedFilter;
import dev.lanewise.kernel.Workspace;
import dev.lanewise.kernel.WriteOut;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import java.lang.foreign.MemorySegment;

/** The steps that {@link Conv2d} and its gradients are: operands packed, work shared. */
final class Convolutions {
  /** Pixels of one part at least, so that what is loaded of the filter serves many. */
  private static final long PART_ROWS = 24;

  /** Pixels that every kernel computes together without a remainder. */
  private static final long ROW_MULTIPLE = 8;

  /** Bytes of one part of what is only moved or added. */
  private static final long PART_BYTES = 1 << 17;

  /** Ranges of weights for each of several threads: fewer would not balance the load. */
  private static final long RANGES_OF_THREAD = 4;

  /** Weights that every kernel computes together without a remainder: the widest panel. */
  private static final long WEIGHT_MULTIPLE = 32;

  /** Multiply-adds that take as long as reading or writing one element. */
  private static final long ELEMENT_COST = 8;

  private Convolutions() {}

  /** Weights {@code [oc, c / groups, kh, kw]} of any strides. */
  static Filter filter(Tensor weights, long groups) {
    return new Filter(
        weights.memory(),
        weights.at(),
        weights.extent(0) / groups * weights.byteStride(0),
        weights.byteStride(0),
        weights.byteStride(1),
        weights.byteStride(2),
        weights.byteStride(3));
  }

  /** The convolution of {@code x} into output 0. */
  static Step forward(
      Operands operands,
      ConvolutionShape shape,
      Tensor x,
      Filter filter,
      boolean constantFilter,
      WriteOut writeOut) {
    ConvolutionKernel kernel = operands.engine().kernels().convolution(x.dtype().element());
    Workers workers = operands.engine().workers();
    ChannelsLast image = ChannelsLast.of(operands, x);
    Image out = ChannelsLast.image(operands.output(0));
    Shape bytes = Shape.of(kernel.packedBytes(shape));
    Step pack = () -> {};
    PackedFilter packed;
    if (constantFilter) {
      Tensor memory =
          operands.shared(
              DType.U8, bytes, target -> kernel.pack(shape, filter, target.memory(), target.at()));
      packed = new PackedFilter(shape, memory.memory(), memory.at());
    } else {
      Tensor memory = operands.scratch(DType.U8, bytes);
      packed = new PackedFilter(shape, memory.memory(), memory.at());
      long parts = bytes.size() / PART_BYTES;
      pack =
          new SharedRange(
              workers,
              kernel.panels(shape),
              1,
              parts,
              (from, to, slot) -> kernel.pack(filter, from, to, packed));
    }
    long parts = Math.min(cost(shape) / splitThreshold(operands), shape.rows() / PART_ROWS);
    Workspace[] workspaces = workspaces(operands);
    SharedRange rows =
        new SharedRange(
            workers,
            shape.rows(),
            ROW_MULTIPLE,
            parts,
            (from, to, slot) ->
                kernel.convolve(image.image(), packed, out, writeOut, from, to, workspaces[slot]));
    Step packing = pack;
    return () -> {
      image.refresh().run();
      packing.run();
      rows.run();
    };
  }

  /**
   * The gradient of the filter from an image, input 0, and the gradient of its convolution, input
   * 1.
   */
  static Step filterGradient(Operands operands, ConvolutionShape shape, Filter gradient) {
    DType dtype = operands.output(0).dtype();
    ConvolutionKernel kernel = operands.engine().kernels().convolution(dtype.element());
    Workers workers = operands.engine().workers();
    ChannelsLast image = ChannelsLast.of(operands, operands.input(0));
    ChannelsLast outGradient = ChannelsLast.of(operands, operands.input(1));
    Tensor partial = operands.scratch(DType.U8, Shape.of(kernel.chunkBytes(shape)));
    MemorySegment memory = partial.memory();
    long at = partial.at();
    long chunks = kernel.chunks(shape);
    long weights = shape.groups() * shape.patch();
    // A part is a range of weights of one chunk. Each transposes the gradient of the output anew,
    // so
    // there are no more of them than the threads need.
    long useful =
        Math.ceilDiv(workers.threads() == 1 ? 1 : RANGES_OF_THREAD * workers.threads(), chunks);
    long ranges = Math.clamp(cost(shape) / chunks / splitThreshold(operands), 1, useful);
    long rangeSize =
        Math.max(1, Math.ceilDiv(Math.ceilDiv(weights, ranges), WEIGHT_MULTIPLE)) * WEIGHT_MULTIPLE;
    long rangesOfChunk = Math.ceilDiv(weights, rangeSize);
    Workspace[] workspaces = workspaces(operands);
    SharedRange sums =
        new SharedRange(
            workers,
            chunks * rangesOfChunk,
            1,
            cost(shape) / splitThreshold(operands),
            (from, to, slot) -> {
              for (long i = from; i < to; i++) {
                long first = i % rangesOfChunk * rangeSize;
                kernel.filterGradient(
                    shape,
                    image.image(),
                    outGradient.image(),
                    i / rangesOfChunk,
                    first,
                    Math.min(weights, first + rangeSize),
                    memory,
                    at,
                    workspaces[slot]);
              }
            });
    SharedRange total =
        new SharedRange(
            workers,
            weights,
            8,
            kernel.chunkBytes(shape) / PART_BYTES,
            (from, to, slot) -> kernel.sumChunks(shape, memory, at, from, to, gradient, false));
    return () -> {
      image.refresh().run();
      outGradient.refresh().run();
      sums.run();
      total.run();
    };
  }

  /** What the whole of a convolution costs, in multiply-adds. */
  private static long cost(ConvolutionShape shape) {
    return shape.rows() * shape.outChannels() * (shape.patch() + 2 * ELEMENT_COST);
  }

  private static long splitThreshold(Operands operands) {
    return operands.engine().profile().splitThreshold();
  }

  private static Workspace[] workspaces(Operands operands) {
    Workspace[] workspaces = new Workspace[operands.engine().workers().threads()];
    for (int slot = 0; slot < workspaces.length; slot++) {
      workspaces[slot] = operands.workspace(slot);
    }
    return workspaces;
  }
}
