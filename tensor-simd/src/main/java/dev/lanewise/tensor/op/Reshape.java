package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.ViewOp;
import dev.lanewise.tensor.Wanted;

/**
 * The same elements in the same row-major order under another shape; a view where strides allow it.
 *
 * @param shape the new extents, of the same product
 */
public record Reshape(Shape shape) implements ViewOp {
  /**
   * The reshape of {@code from} to these extents, one of which may be -1 for what is left.
   *
   * @throws IllegalArgumentException if the sizes do not fit
   */
  public static Reshape to(long[] extents, Shape from) {
    long known = 1;
    int open = -1;
    for (int axis = 0; axis < extents.length; axis++) {
      if (extents[axis] == -1 && open < 0) {
        open = axis;
      } else {
        known = Math.multiplyExact(known, extents[axis]);
      }
    }
    if (open < 0) {
      return new Reshape(Shape.of(extents));
    }
    if (known == 0 || from.size() % known != 0) {
      throw new IllegalArgumentException(
          "reshape: no "
              + java.util.Arrays.toString(extents)
              + " from "
              + from.size()
              + " elements: "
              + from);
    }
    long[] filled = extents.clone();
    filled[open] = from.size() / known;
    return new Reshape(Shape.of(filled));
  }

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 1);
    if (in.shape(0).size() != shape.size()) {
      throw in.error(name(), "no " + shape + " from " + in.shape(0).size() + " elements");
    }
    return Specs.of(in.first().dtype(), shape);
  }

  @Override
  public Layout view(Layout in) {
    return in.reshape(shape);
  }

  @Override
  public Step prepare(Operands operands) {
    Layout flat = Layout.contiguous(operands.input(0).shape());
    return Copies.of(operands.input(0), operands.output(0), flat);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Reshape(saved.inputSpec(0).shape()).apply(grads.at(0)));
  }
}
