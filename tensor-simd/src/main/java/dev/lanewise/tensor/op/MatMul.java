package dev.lanewise.tensor.op;

import dev.lanewise.kernel.WriteOut;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * The matrix product {@code out[.., i, j] = sum over p of x[.., i, p] * y[.., p, j]}, as NumPy's
 * {@code matmul} has it.
 *
 * <p>Inputs: {@code [.., m, k]} and {@code [.., k, n]}, whose leading axes broadcast. Output:
 * {@code [.., m, n]}. A first operand {@code [k]} is a row, a second operand {@code [k]} a column,
 * and the output lacks the axis of extent one. Operands of any strides are read where they are.
 */
public record MatMul() implements Op {
  @Override
  public String name() {
    return "matmul";
  }

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 2);
    DType dtype = in.requireFloating(name());
    return Specs.of(dtype, product(name(), in));
  }

  /** The shape of the product of the first two operands. */
  static Shape product(String operator, Specs in) {
    Shape x = in.shape(0);
    Shape y = in.shape(1);
    if (x.rank() == 0 || y.rank() == 0) {
      throw in.error(operator, "operands of at least one axis expected");
    }
    long inner = x.extent(-1);
    long other = y.rank() == 1 ? y.extent(0) : y.extent(-2);
    if (inner != other) {
      throw new IllegalArgumentException(
          operator + ": inner extents differ: " + in + " (" + inner + " and " + other + ")");
    }
    Shape batch = Shape.broadcast(leading(x), leading(y));
    if (batch == null) {
      throw in.error(operator, "leading axes do not broadcast");
    }
    long[] extents = batch.extents();
    int rank = extents.length + (x.rank() > 1 ? 1 : 0) + (y.rank() > 1 ? 1 : 0);
    extents = java.util.Arrays.copyOf(extents, rank);
    if (x.rank() > 1) {
      extents[batch.rank()] = x.extent(-2);
    }
    if (y.rank() > 1) {
      extents[rank - 1] = y.extent(-1);
    }
    return Shape.of(extents);
  }

  /** The shape without the axes of the matrix. */
  private static Shape leading(Shape shape) {
    return Shape.of(java.util.Arrays.copyOf(shape.extents(), Math.max(0, shape.rank() - 2)));
  }

  @Override
  public Step prepare(Operands operands) {
    return Products.of(operands, WriteOut.PLAIN);
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Shape x = saved.inputSpec(0).shape();
    Shape y = saved.inputSpec(1).shape();
    Tensor grad = restored(grads.at(0), x, y);
    return Grads.of(
        wanted.input(0) ? left(grad, saved.input(1)) : null,
        wanted.input(1) ? right(saved.input(0), grad, y) : null);
  }

  /** The gradient of the product with the axes that operands of rank one took from it. */
  private static Tensor restored(Tensor grad, Shape x, Shape y) {
    if (x.rank() > 1 && y.rank() > 1) {
      return grad;
    }
    int rank = grad.rank() + (x.rank() == 1 ? 1 : 0) + (y.rank() == 1 ? 1 : 0);
    long[] extents = java.util.Arrays.copyOf(grad.shape().extents(), rank);
    extents[rank - 2] = x.rank() == 1 ? 1 : x.extent(-2);
    extents[rank - 1] = y.rank() == 1 ? 1 : y.extent(-1);
    return grad.reshape(Shape.of(extents));
  }

  /** {@code grad yᵀ}. */
  static Tensor left(Tensor grad, Tensor y) {
    Tensor row = y.rank() == 1 ? y.reshape(1, y.extent(0)) : y.transpose();
    return grad.matmul(row);
  }

  /**
   * {@code xᵀ grad}. Where {@code y} is one matrix for all leading axes, these are rows more of one
   * product instead of many products to add up.
   */
  static Tensor right(Tensor x, Tensor grad, Shape y) {
    Tensor matrix = x.rank() == 1 ? x.reshape(1, x.extent(0)) : x;
    if (y.rank() > 2) {
      return matrix.transpose().matmul(grad);
    }
    Tensor product = rows(matrix).transpose().matmul(rows(grad));
    return y.rank() == 1 ? product.reshape(y) : product;
  }

  /** All axes but the last as one. */
  static Tensor rows(Tensor x) {
    if (x.rank() == 2) {
      return x;
    }
    long rows = 1;
    for (int axis = 0; axis < x.rank() - 1; axis++) {
      rows *= x.extent(axis);
    }
    return x.reshape(rows, x.extent(-1));
  }
}
