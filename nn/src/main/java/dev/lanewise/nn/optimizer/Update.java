package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Elementwise;

/** Lane functions computed in place: the first operand is overwritten with the result. */
final class Update extends Operands {
  private final Tensor target;

  private Update(Tensor target, Tensor... inputs) {
    super(inputs, new Tensor[] {target});
    this.target = target;
  }

  /** {@code target = lane(target; p, q)}. */
  static void map(Lane lane, Tensor target, double p, double q) {
    Update update = new Update(target, target);
    update.run(Elementwise.map(lane, update, p, q));
  }

  /** {@code target = lane(target, y; p, q)}. */
  static void zip(Lane lane, Tensor target, Tensor y, double p, double q) {
    Update update = new Update(target, target, y);
    update.run(Elementwise.zip(lane, update, p, q));
  }

  /** {@code target = lane(target, y, z; p, q)}. */
  static void ternary(Lane lane, Tensor target, Tensor y, Tensor z, double p, double q) {
    Update update = new Update(target, target, y, z);
    update.run(Elementwise.ternary(lane, update, p, q));
  }

  private void run(Step step) {
    if (target.size() > 0) {
      step.run();
      // Written through the tensor once, so that a backward pass that needed the old value throws.
      long[] first = new long[target.rank()];
      target.set(target.value(first), first);
    }
  }

  @Override
  public boolean isConstant(int i) {
    return false;
  }

  @Override
  public Tensor scratch(DType dtype, Shape shape) {
    return target.scope().empty(dtype, shape);
  }

  @Override
  public Tensor shared(DType dtype, Shape shape, Filler fill) {
    throw new UnsupportedOperationException("update: nothing is shared");
  }
}
