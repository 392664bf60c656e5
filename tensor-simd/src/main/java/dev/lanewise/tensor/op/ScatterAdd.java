package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.ZipKernel;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;
import dev.lanewise.tensor.Workers;
import java.lang.foreign.MemorySegment;

/**
 * Zeros to which elements are added at the indices of an axis: the gradient of {@link Gather}.
 * Inputs: f32 or f64, {@code shape} with the shape of the indices in place of the axis; indices of
 * i32 or i64. Output: {@code shape}.
 *
 * <p>What several indices add to one place is added in the indices' row-major order.
 *
 * @param shape the output's shape
 * @param axis the axis, from the end where negative
 */
public record ScatterAdd(Shape shape, int axis) implements Op {
  private static final long PART = 1 << 15;

  /** Adjacent elements that a part has at least of each index's. */
  private static final long LEAST_WIDTH = 128;

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 2);
    Indices.requireWithFloating(name(), in);
    Shape expected = Gather.shape(name(), shape, axis, in.shape(1));
    if (!expected.equals(in.shape(0))) {
      throw in.error(name(), "into " + shape + " along axis " + axis + " go " + expected);
    }
    return Specs.of(in.first().dtype(), shape);
  }

  @Override
  public Step prepare(Operands operands) {
    int along = shape.axis(name(), axis);
    return new Sums(Indices.of(name(), operands, 1, shape.extent(along)), operands, along);
  }

  @Override
  public Keeps keeps() {
    return new Keeps(0b10, 0);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Gather(axis).apply(grads.at(0), saved.input(1)));
  }

  /** Adds, in each part, one range of the places of all indices, one index after the other. */
  private static final class Sums implements Step, Workers.Parts {
    private final Indices indices;
    private final Workers workers;
    private final ZipKernel add;
    private final Step pack;
    private final Step clear;
    private final MemorySegment x;
    private final MemorySegment out;
    private final long xAt;
    private final long xIndexStride;
    private final long outAt;
    private final long outIndexStride;
    private final long[] extents;
    private final long[] xStrides;
    private final long[] outStrides;
    private final int parts;

    Sums(Indices indices, Operands operands, int along) {
      Tensor source = operands.input(0);
      Tensor target = operands.output(0);
      this.indices = indices;
      workers = operands.engine().workers();
      add = operands.engine().kernels().zip(Lane.ADD, target.dtype().element());
      clear = Copies.zeros(target);
      Shape oneIndexAxis = target.shape().with(along, indices.count());
      boolean regular = source.layout().reshape(oneIndexAxis) != null;
      Tensor dense = regular ? source : operands.scratch(source.dtype(), source.shape());
      pack = regular ? null : Copies.of(source, dense);
      Layout flat = dense.layout().reshape(oneIndexAxis);
      int width = target.dtype().bytes();
      x = dense.memory();
      out = target.memory();
      xAt = dense.at();
      outAt = target.at();
      xIndexStride = flat.stride(along) * width;
      outIndexStride = target.byteStride(along);
      Layout[] layouts = {flat.slice(along, 0, 1, 1), target.layout().slice(along, 0, 1, 1)};
      LoopNest nest = LoopNest.of(layouts, new int[] {width, width});
      extents = nest.extents();
      xStrides = nest.strides()[0];
      outStrides = nest.strides()[1];
      long most = extents.length == 1 ? extents[0] / LEAST_WIDTH : extents[0];
      parts = Math.clamp(source.size() / PART, 1, Math.clamp(most, 1, 1 << 20));
    }

    @Override
    public void run() {
      indices.load();
      if (pack != null) {
        pack.run();
      }
      clear.run();
      workers.run(this, parts);
    }

    @Override
    public void run(int part, int slot) {
      long from = extents[0] * part / parts;
      long count = extents[0] * (part + 1) / parts - from;
      for (long i = 0; i < indices.count(); i++) {
        long place = outAt + indices.at(i) * outIndexStride;
        walk(0, count, xAt + i * xIndexStride + from * xStrides[0], place + from * outStrides[0]);
      }
    }

    private void walk(int loop, long extent, long at, long to) {
      long xStride = xStrides[loop];
      long outStride = outStrides[loop];
      if (loop == extents.length - 1) {
        add.run(out, to, outStride, x, at, xStride, out, to, outStride, extent, 0, 0);
        return;
      }
      for (long i = 0; i < extent; i++) {
        walk(loop + 1, extents[loop + 1], at + i * xStride, to + i * outStride);
      }
    }
  }
}
