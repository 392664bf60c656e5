package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A tensor cut into parts along an axis, each a copy; {@link Slice} is the view. Input: any type
 * and shape. Outputs: the shape with one of the extents for the axis.
 *
 * @param axis the axis, from the end where negative
 * @param extents of the parts, together that of the axis
 */
public record Split(int axis, List<Long> extents) implements Op {
  /**
   * Parts of these extents.
   *
   * @throws IllegalArgumentException if there is none or one is negative
   */
  public static Split of(int axis, long... extents) {
    if (extents.length == 0 || LongStream.of(extents).anyMatch(extent -> extent < 0)) {
      throw new IllegalArgumentException(
          "split: parts of extents from 0 up expected: " + java.util.Arrays.toString(extents));
    }
    return new Split(axis, LongStream.of(extents).boxed().toList());
  }

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 1);
    Shape shape = in.shape(0);
    int along = shape.axis(name(), axis);
    long sum = 0;
    Spec[] parts = new Spec[extents.size()];
    for (int i = 0; i < parts.length; i++) {
      sum = Math.addExact(sum, extents.get(i));
      Shape part = shape.with(along, extents.get(i));
      parts[i] = new Spec(in.first().dtype(), MemoryOrder.like(in.first().layout(), part));
    }
    if (sum != shape.extent(along)) {
      throw in.error(
          name(), "parts " + extents + " make " + sum + " of extent " + shape.extent(along));
    }
    return Specs.of(parts);
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor x = operands.input(0);
    int along = x.shape().axis(name(), axis);
    List<Step> steps = new ArrayList<>();
    long from = 0;
    for (int i = 0; i < extents.size(); i++) {
      long extent = extents.get(i);
      steps.add(Copies.ofPart(x, x.layout().slice(along, from, 1, extent), operands.output(i)));
      from += extent;
    }
    return Copies.inOrder(steps);
  }

  @Override
  public int visibleOutputs() {
    return extents.size();
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor[] parts = new Tensor[extents.size()];
    Scope scope = null;
    for (int i = 0; i < parts.length; i++) {
      parts[i] = grads.at(i);
      scope = parts[i] == null ? scope : parts[i].scope();
    }
    for (int i = 0; i < parts.length; i++) {
      if (parts[i] == null) {
        parts[i] = scope.zeros(saved.outputSpec(i).dtype(), saved.outputSpec(i).shape());
      }
    }
    return Grads.of(new Concat(axis).apply(parts));
  }
}
