package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Comparison;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Wanted;

/**
 * Whether {@code x} and {@code y} stand in a relation, element by element. Inputs: two shapes that
 * broadcast, of one element type, any. Output: their broadcast, of bool.
 *
 * <p>NaN is unequal to everything and stands in no other relation; -0 equals 0. There is no
 * gradient.
 *
 * @param relation such as less or equal
 */
public record Compare(Comparison relation) implements Op {
  @Override
  public String name() {
    return switch (relation) {
      case LESS_THAN -> "less";
      case LESS_OR_EQUAL -> "lessOrEqual";
      case GREATER -> "greater";
      case GREATER_OR_EQUAL -> "greaterOrEqual";
      case EQUAL -> "equal";
      case NOT_EQUAL -> "notEqual";
    };
  }

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 2);
    DType dtype = in.first().dtype();
    if (!dtype.equals(in.at(1).dtype())) {
      throw in.error(name(), "element types differ");
    }
    if (Elementwise.format(dtype) == null) {
      throw in.error(name(), "no comparison of " + dtype);
    }
    return Specs.of(new Spec(DType.BOOL, Elementwise.broadcast(name(), in)));
  }

  @Override
  public Step prepare(Operands operands) {
    return Elementwise.compare(relation, operands);
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.none();
  }
}
