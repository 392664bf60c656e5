package dev.lanewise.tensor.op;

import dev.lanewise.kernel.CastLoop;
import dev.lanewise.kernel.Format;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * The elements converted to another type. Input and output: any shape.
 *
 * <ul>
 *   <li>to a floating type: the nearest value, ties to even
 *   <li>from a floating type to an integer: the fraction is cut off; what is out of range becomes
 *       the nearest end of it, NaN becomes 0
 *   <li>from integer to integer: the low bits
 *   <li>to bool: whether the element is not zero; from bool: 0 or 1
 * </ul>
 *
 * <p>The gradient passes between floating types; there is none through the others.
 *
 * @param target the output's type
 */
public record Cast(DType target) implements Op {
  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 1);
    DType source = in.first().dtype();
    if (Elementwise.format(source) == null || Elementwise.format(target) == null) {
      throw in.error(name(), "no conversion from " + source + " to " + target);
    }
    return Specs.of(new Spec(target, Elementwise.broadcast(name(), in)));
  }

  @Override
  public Step prepare(Operands operands) {
    DType source = operands.input(0).dtype();
    if (source.equals(target)) {
      return Copies.of(operands.input(0), operands.output(0));
    }
    Format from = Elementwise.format(source);
    Format to = Elementwise.format(target);
    return new Elementwise.Walk(operands) {
      @Override
      void row(long at0, long at1, long at2, long outAt, long count) {
        CastLoop.run(
            from, memory[0], at0, innerStride(0), to, memory[1], outAt, innerStride(1), count);
      }
    };
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor grad = grads.at(0);
    return target.isFloating() ? Grads.of(grad.cast(saved.inputSpec(0).dtype())) : Grads.none();
  }
}
