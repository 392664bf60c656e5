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
import java.util.List;

/**
 * Tensors side by side along a new axis. Inputs: one type and shape. Output: the shape with the
 * number of inputs as a new extent.
 *
 * @param axis of the output, from its end where negative
 */
public record Stack(int axis) implements Op {
  @Override
  public Specs infer(Specs in) {
    for (Spec spec : in.asList()) {
      if (!spec.dtype().equals(in.first().dtype())) {
        throw in.error(name(), "element types differ");
      }
      if (!spec.shape().equals(in.shape(0))) {
        throw in.error(name(), "shapes differ");
      }
    }
    int rank = in.shape(0).rank() + 1;
    if (axis < -rank || axis >= rank) {
      throw in.error(name(), "axis " + axis + " is out of range for a result of rank " + rank);
    }
    long[] extents = new long[rank];
    int along = axis < 0 ? axis + rank : axis;
    for (int i = 0; i < rank; i++) {
      extents[i] = i == along ? in.size() : in.shape(0).extent(i < along ? i : i - 1);
    }
    return Specs.of(in.first().dtype(), Shape.of(extents));
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor out = operands.output(0);
    int along = out.shape().axis(name(), axis);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < operands.inputs(); i++) {
      Layout place = out.layout().slice(along, i, 1, 1).reshape(operands.input(i).shape());
      steps.add(Copies.intoPart(operands.input(i), out, place));
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
    for (int i = 0; i < parts.length; i++) {
      if (wanted.input(i)) {
        Tensor part = grads.at(0).slice(grads.at(0).shape().axis(name(), axis), i, i + 1);
        parts[i] = part.reshape(saved.inputSpec(i).shape());
      }
    }
    return Grads.of(parts);
  }
}
