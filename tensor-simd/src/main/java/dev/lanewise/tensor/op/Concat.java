package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
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
import java.util.List;

/**
 * Tensors one behind the other along an axis. Inputs: one type, shapes that differ along the axis
 * at most. Output: the shape with the sum of their extents, in the first one's memory order.
 *
 * @param axis the axis, from the end where negative
 */
public record Concat(int axis) implements Op {
  @Override
  public Specs infer(Specs in) {
    int along = in.shape(0).axis(name(), axis);
    long extent = 0;
    for (Spec spec : in.asList()) {
      if (!spec.dtype().equals(in.first().dtype())) {
        throw in.error(name(), "element types differ");
      }
      Shape shape = spec.shape();
      if (shape.rank() != in.shape(0).rank()
          || !shape.with(along, 0).equals(in.shape(0).with(along, 0))) {
        throw in.error(name(), "shapes differ beside axis " + along);
      }
      extent = Math.addExact(extent, shape.extent(along));
    }
    Shape shape = in.shape(0).with(along, extent);
    return Specs.of(new Spec(in.first().dtype(), MemoryOrder.like(in.first().layout(), shape)));
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor out = operands.output(0);
    int along = out.shape().axis(name(), axis);
    List<Step> steps = new ArrayList<>();
    long from = 0;
    for (int i = 0; i < operands.inputs(); i++) {
      Tensor x = operands.input(i);
      long extent = x.extent(along);
      steps.add(Copies.intoPart(x, out, out.layout().slice(along, from, 1, extent)));
      from += extent;
    }
    return Copies.inOrder(steps);
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor[] parts = new Tensor[saved.inputs()];
    long from = 0;
    for (int i = 0; i < parts.length; i++) {
      long to = from + saved.inputSpec(i).shape().extent(axis);
      if (wanted.input(i)) {
        parts[i] = grads.at(0).slice(axis, from, to);
      }
      from = to;
    }
    return Grads.of(parts);
  }
}
