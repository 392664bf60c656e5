package dev.lanewise.tensor.op;

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

/**
 * The elements of an axis that indices name, such as the rows of an embedding table. Inputs: any
 * type and shape; indices of i32 or i64 and any shape, negative ones counting from the end. Output:
 * the first shape with that of the indices in place of the axis (ONNX Gather).
 *
 * <p>Running it throws an {@link IllegalArgumentException} that names the first index out of range.
 *
 * @param axis the axis, from the end where negative
 */
public record Gather(int axis) implements Op {
  private static final long PART = 1 << 15;

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 2);
    Indices.require(name(), in, 1);
    return Specs.of(in.first().dtype(), shape(name(), in.shape(0), axis, in.shape(1)));
  }

  /** The shape with that of the indices in place of the axis. */
  static Shape shape(String operator, Shape x, int axis, Shape indices) {
    int along = x.axis(operator, axis);
    long[] extents = new long[x.rank() - 1 + indices.rank()];
    for (int i = 0; i < extents.length; i++) {
      boolean inside = i >= along && i < along + indices.rank();
      extents[i] =
          inside ? indices.extent(i - along) : x.extent(i < along ? i : i - indices.rank() + 1);
    }
    return Shape.of(extents);
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor x = operands.input(0);
    int along = x.shape().axis(name(), axis);
    return new Pick(Indices.of(name(), operands, 1, x.extent(along)), operands, along);
  }

  @Override
  public Keeps keeps() {
    return new Keeps(0b10, 0);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    if (!wanted.input(0)) {
      return Grads.none();
    }
    Op add = new ScatterAdd(saved.inputSpec(0).shape(), axis);
    return Grads.of(add.apply(grads.at(0), saved.input(1)));
  }

  /** Copies one inner block for each combination of the outer axes and an index. */
  private static final class Pick implements Step, Workers.Parts {
    private final Indices indices;
    private final Workers workers;
    private final Copies.Nest inner;
    private final Layout outer;
    private final int width;
    private final long xAt;
    private final long axisStride;
    private final long outAt;
    private final long blockBytes;
    private final long blocks;
    private final int parts;

    Pick(Indices indices, Operands operands, int along) {
      Tensor x = operands.input(0);
      Tensor out = operands.output(0);
      this.indices = indices;
      workers = operands.engine().workers();
      width = x.dtype().bytes();
      Layout block = part(x.layout(), along + 1, x.rank());
      outer = part(x.layout(), 0, along);
      Layout packed = Layout.contiguous(block.shape());
      inner = new Copies.Nest(x.memory(), block, out.memory(), packed, width);
      xAt = x.at();
      axisStride = x.byteStride(along);
      outAt = out.at();
      blockBytes = block.shape().size() * width;
      blocks = outer.shape().size() * indices.count();
      parts = Math.clamp(out.size() / PART, 1, Math.clamp(blocks, 1, 1 << 20));
    }

    /** The layout of some neighbouring axes alone, from offset zero. */
    private static Layout part(Layout layout, int from, int to) {
      long[] extents = new long[to - from];
      long[] strides = new long[to - from];
      for (int axis = from; axis < to; axis++) {
        extents[axis - from] = layout.shape().extent(axis);
        strides[axis - from] = layout.stride(axis);
      }
      return Layout.of(Shape.of(extents), strides, 0);
    }

    @Override
    public void run() {
      indices.load();
      workers.run(this, parts);
    }

    @Override
    public void run(int part, int slot) {
      long end = blocks * (part + 1) / parts;
      for (long block = blocks * part / parts; block < end; block++) {
        long number = block % indices.count();
        long from = xAt + outerAt(block / indices.count()) + indices.at(number) * axisStride;
        inner.run(from, outAt + block * blockBytes);
      }
    }

    private long outerAt(long number) {
      long distance = 0;
      long rest = number;
      for (int axis = outer.shape().rank() - 1; axis >= 0; axis--) {
        distance += rest % outer.shape().extent(axis) * outer.stride(axis);
        rest /= outer.shape().extent(axis);
      }
      return distance * width;
    }
  }
}
