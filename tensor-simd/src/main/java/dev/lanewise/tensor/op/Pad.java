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
import dev.lanewise.tensor.Wanted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A tensor with a constant around it. Input: any type and shape. Output: each extent grown by the
 * axis's two pads.
 *
 * @param before elements added in front of each axis
 * @param after elements added behind each axis
 * @param value the constant, converted as a Java cast does
 */
public record Pad(List<Long> before, List<Long> after, double value) implements Op {
  /**
   * Pads for every axis.
   *
   * @throws IllegalArgumentException if the numbers of pads differ or one is negative
   */
  public static Pad of(long[] before, long[] after, double value) {
    return new Pad(
        LongStream.of(before).boxed().toList(), LongStream.of(after).boxed().toList(), value);
  }

  /** Pads for one axis of a tensor of this rank. */
  public static Pad along(int rank, int axis, long before, long after, double value) {
    List<Long> first = new ArrayList<>(Collections.nCopies(rank, 0L));
    List<Long> last = new ArrayList<>(first);
    int along = axis < 0 ? axis + rank : axis;
    first.set(along, before);
    last.set(along, after);
    return new Pad(List.copyOf(first), List.copyOf(last), value);
  }

  /**
   * Pads for every axis.
   *
   * @throws IllegalArgumentException if the numbers of pads differ or one is negative
   */
  public Pad {
    if (before.size() != after.size()) {
      throw new IllegalArgumentException(
          "pad: pads of different numbers of axes: " + before + " and " + after);
    }
    if (before.stream().anyMatch(pad -> pad < 0) || after.stream().anyMatch(pad -> pad < 0)) {
      throw new IllegalArgumentException(
          "pad: negative pad in " + before + " and " + after + ": cut with slice");
    }
  }

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 1);
    Shape shape = in.shape(0);
    if (shape.rank() != before.size()) {
      throw in.error(name(), before.size() + " pads for rank " + shape.rank());
    }
    long[] extents = shape.extents();
    for (int axis = 0; axis < extents.length; axis++) {
      extents[axis] =
          Math.addExact(Math.addExact(extents[axis], before.get(axis)), after.get(axis));
    }
    return Specs.of(
        new Spec(in.first().dtype(), MemoryOrder.like(in.first().layout(), Shape.of(extents))));
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor x = operands.input(0);
    Tensor out = operands.output(0);
    Tensor constant = operands.scratch(out.dtype(), Shape.scalar()).fill(value);
    List<Step> steps = new ArrayList<>();
    Layout rest = out.layout();
    for (int axis = 0; axis < before.size(); axis++) {
      long first = before.get(axis);
      long last = after.get(axis);
      if (first > 0) {
        steps.add(Copies.intoPart(constant, out, rest.slice(axis, 0, 1, first)));
      }
      if (last > 0) {
        steps.add(
            Copies.intoPart(constant, out, rest.slice(axis, first + x.extent(axis), 1, last)));
      }
      rest = rest.slice(axis, first, 1, x.extent(axis));
    }
    steps.add(Copies.intoPart(x, out, rest));
    return Copies.inOrder(steps);
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor grad = grads.at(0);
    for (int axis = 0; axis < before.size(); axis++) {
      long from = before.get(axis);
      grad = grad.slice(axis, from, from + saved.inputSpec(0).shape().extent(axis));
    }
    return Grads.of(grad);
  }
}
