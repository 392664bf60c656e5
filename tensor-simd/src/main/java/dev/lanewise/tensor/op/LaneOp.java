package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;

/**
 * An operator that is one lane function, element by element over operands of f32 or f64 that
 * broadcast.
 */
interface LaneOp extends Op {
  /** The function. */
  Lane lane();

  /** The function's first attribute. */
  default double p() {
    return 0;
  }

  /** The function's second attribute. */
  default double q() {
    return 0;
  }

  @Override
  default Specs infer(Specs in) {
    return Elementwise.infer(name(), in, lane().arity());
  }

  @Override
  default Step prepare(Operands operands) {
    return switch (lane().arity()) {
      case 1 -> Elementwise.map(lane(), operands, p(), q());
      case 2 -> Elementwise.zip(lane(), operands, p(), q());
      default -> Elementwise.ternary(lane(), operands, p(), q());
    };
  }

  @Override
  default boolean inPlace() {
    return true;
  }
}
