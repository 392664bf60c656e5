package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.ViewOp;
import dev.lanewise.tensor.Wanted;
import java.util.List;

/**
 * Indices {@code from, from + step, ...} of one axis, as a view. Input: any type and shape. Output:
 * the shape with the number of indices for the axis.
 *
 * <p>NumPy's rules: a negative {@code from} or {@code to} counts from the end, and what lies
 * outside the axis is cut off, so a slice can be empty.
 *
 * @param axis the axis, from the end where negative
 * @param from the first index
 * @param to the end, exclusive
 * @param step from one index to the next, backwards where negative
 */
public record Slice(int axis, long from, long to, long step) implements ViewOp {
  /**
   * A slice.
   *
   * @throws IllegalArgumentException if the step is zero
   */
  public Slice {
    if (step == 0) {
      throw new IllegalArgumentException("slice: step 0 along axis " + axis);
    }
  }

  /** Indices {@code from} to {@code to}, exclusive. */
  public static Slice of(int axis, long from, long to) {
    return new Slice(axis, from, to, 1);
  }

  /** All indices, the last one first. */
  public static Slice reversed(int axis) {
    return new Slice(axis, -1, Long.MIN_VALUE, -1);
  }

  private long first(long extent) {
    return step > 0 ? clipped(from, extent, 0, extent) : clipped(from, extent, -1, extent - 1);
  }

  private long count(long extent) {
    long first = first(extent);
    return step > 0
        ? Math.max(0, Math.ceilDiv(clipped(to, extent, 0, extent) - first, step))
        : Math.max(0, Math.ceilDiv(clipped(to, extent, -1, extent - 1) - first, step));
  }

  private static long clipped(long index, long extent, long least, long most) {
    return Math.min(most, Math.max(least, index < 0 ? index + extent : index));
  }

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 1);
    return Specs.of(Spec.of(in.first().dtype(), shape(in.shape(0))));
  }

  private Shape shape(Shape whole) {
    int along = whole.axis(name(), axis);
    return whole.with(along, count(whole.extent(along)));
  }

  @Override
  public Layout view(Layout in) {
    int along = in.shape().axis(name(), axis);
    long extent = in.shape().extent(along);
    return in.slice(along, first(extent), step, count(extent));
  }

  @Override
  public Step prepare(Operands operands) {
    return Copies.ofPart(operands.input(0), view(operands.input(0).layout()), operands.output(0));
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad(this, saved.inputSpec(0).shape()).apply(grads.at(0)));
  }

  /**
   * The input's elements in their places among zeros. Input: a slice of the output's shape.
   *
   * @param slice where the elements go
   * @param shape the output's shape
   */
  public record Grad(Slice slice, Shape shape) implements Op {
    @Override
    public String name() {
      return "sliceGrad";
    }

    @Override
    public Specs infer(Specs in) {
      in.requireCount(name(), 1);
      if (!slice.shape(shape).equals(in.shape(0))) {
        throw in.error(name(), slice + " of " + shape + " is " + slice.shape(shape));
      }
      return Specs.of(new Spec(in.first().dtype(), MemoryOrder.like(in.first().layout(), shape)));
    }

    @Override
    public Step prepare(Operands operands) {
      Tensor out = operands.output(0);
      Step copy = Copies.intoPart(operands.input(0), out, slice.view(out.layout()));
      return Copies.inOrder(List.of(Copies.zeros(out), copy));
    }

    @Override
    public Keeps keeps() {
      return Keeps.nothing();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      return Grads.of(slice.apply(grads.at(0)));
    }
  }
}
