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
 * Stretched to a shape by NumPy's rule of broadcasting, as a view whose stretched axes have stride
 * zero. Input: any type, a shape that broadcasts to the output's.
 *
 * @param shape the output's shape
 */
public record Expand(Shape shape) implements ViewOp {
  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 1);
    if (!shape.equals(Shape.broadcast(in.shape(0), shape))) {
      throw in.error(name(), "does not broadcast to " + shape);
    }
    return Specs.of(in.first().dtype(), shape);
  }

  @Override
  public Layout view(Layout in) {
    return in.expand(shape);
  }

  @Override
  public Step prepare(Operands operands) {
    return Copies.of(operands.input(0), operands.output(0));
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(grads.at(0));
  }
}
