package dev.lanewise.tensor.op;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/**
 * Operands bound by hand, all variable or all constant; scratch memory lives in the given scope.
 */
final class Bound extends Operands {
  private final Scope scope;
  private final boolean constant;

  Bound(Tensor[] inputs, Tensor[] outputs, Scope scope, boolean constant) {
    super(inputs, outputs);
    this.scope = scope;
    this.constant = constant;
  }

  @Override
  public boolean isConstant(int i) {
    return constant;
  }

  @Override
  public Tensor scratch(DType dtype, Shape shape) {
    return scope.empty(dtype, shape);
  }

  @Override
  public Tensor shared(DType dtype, Shape shape, Filler fill) {
    Tensor tensor = scope.empty(dtype, shape);
    fill.fill(tensor);
    return tensor;
  }
}
