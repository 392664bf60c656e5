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
 * {@code x w + bias}, or {@code max(x w + bias, 0)}, in one pass: a fully connected layer.
 *
 * <p>Inputs: {@code [.., k]}, {@code [k, n]} and {@code [n]}. Output: {@code [.., n]}.
 *
 * @param relu whether negative results become zero
 */
public record MatMulBias(boolean relu) implements Op {
  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 3);
    DType dtype = in.requireFloating(name());
    Shape weights = in.shape(1);
    if (weights.rank() != 2
        || in.shape(2).rank() != 1
        || in.shape(2).extent(0) != weights.extent(1)) {
      throw in.error(name(), "weights [k, n] and a bias [n] expected");
    }
    return Specs.of(dtype, MatMul.product(name(), in));
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor bias = operands.input(2);
    Step copy = () -> {};
    if (bias.extent(0) > 1 && bias.layout().stride(0) != 1) {
      bias = operands.scratch(bias.dtype(), bias.shape());
      copy = Copies.of(operands.input(2), bias);
    }
    WriteOut writeOut = WriteOut.bias(bias.memory(), bias.at());
    Step product = Products.of(operands, relu ? writeOut.withRelu() : writeOut);
    Step gather = copy;
    return () -> {
      gather.run();
      product.run();
    };
  }

  @Override
  public Keeps keeps() {
    return new Keeps(3, relu ? 1 : 0);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor grad = relu ? new Relu.Grad().apply(saved.output(0), grads.at(0)) : grads.at(0);
    Shape weights = saved.inputSpec(1).shape();
    boolean row = grad.rank() == 1;
    Tensor rows = row ? grad.reshape(1, grad.extent(0)) : grad;
    return Grads.of(
        wanted.input(0) ? MatMul.left(grad, saved.input(1)) : null,
        wanted.input(1) ? MatMul.right(saved.input(0), rows, weights) : null,
        wanted.input(2) ? (row ? grad : MatMul.rows(grad).sum(0)) : null);
  }
}
