package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * {@code (x - mean(x)) / sqrt(variance(x) + epsilon) * gamma + beta}, mean and variance (of n, not
 * n - 1) over the axes from {@code axis} on (Ba, Kiros and Hinton 2016). Inputs: x of any shape,
 * gamma and beta of its last axes. Output: of the shape of x. It is ONNX's {@code
 * LayerNormalization}.
 *
 * @param axis the first of the normalised axes, from the end where negative
 * @param epsilon keeps the root from zero
 */
public record LayerNorm(int axis, double epsilon) implements Op {
  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 3);
    return Normalization.infer(name(), in, axis, 2);
  }

  @Override
  public Step prepare(Operands operands) {
    RowWalk walk = new RowWalk(operands, axis, 2, 0);
    RowWalk.Place x = walk.rows(0);
    RowWalk.Place mean = walk.buffer(0);
    RowWalk.Place factor = walk.buffer(1);
    RowWalk.Place out = walk.output();
    return walk.mean(x, mean)
        .zip(Lane.SQUARED_DIFFERENCE, x, mean, out)
        .inverseRoot(out, factor, epsilon)
        .ternary(Lane.STANDARDIZE, x, mean, factor, out)
        .ternary(Lane.MULTIPLY_ADD, out, walk.row(1), walk.row(2), out);
  }

  @Override
  public Keeps keeps() {
    return new Keeps(0b11, 0);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor x = saved.input(0);
    Tensor gamma = saved.input(1);
    Tensor grad = grads.at(0);
    return Grads.of(
        wanted.input(0) ? new Grad(axis, epsilon).apply(x, gamma, grad) : null,
        wanted.input(1) ? grad.mul(standardized(x, gamma)) : null,
        grad);
  }

  private Tensor standardized(Tensor x, Tensor gamma) {
    Tensor ones = x.scope().full(x.dtype(), gamma.shape(), 1);
    return apply(x, ones, x.scope().zeros(x.dtype(), gamma.shape()));
  }

  /**
   * {@code r (g - mean(g) - n mean(g n))}, where {@code g = grad gamma}, {@code r = 1 /
   * sqrt(variance(x) + epsilon)} and {@code n = (x - mean(x)) r}. Inputs: x, gamma, grad.
   */
  public record Grad(int axis, double epsilon) implements Op {
    @Override
    public Specs infer(Specs in) {
      in.requireCount(name(), 3);
      return Normalization.infer(name(), in, axis, 1);
    }

    @Override
    public Step prepare(Operands operands) {
      RowWalk walk = new RowWalk(operands, axis, 3, 2);
      RowWalk.Place x = walk.rows(0);
      RowWalk.Place mean = walk.buffer(0);
      RowWalk.Place factor = walk.buffer(1);
      RowWalk.Place normalised = walk.block(0);
      RowWalk.Place out = walk.output();
      walk.mean(x, mean)
          .zip(Lane.SQUARED_DIFFERENCE, x, mean, out)
          .inverseRoot(out, factor, epsilon)
          .ternary(Lane.STANDARDIZE, x, mean, factor, normalised)
          .zip(Lane.MUL, walk.rows(2), walk.row(1), out)
          .mean(out, mean);
      return Normalization.orthogonal(walk, normalised, walk.block(1), walk.buffer(2))
          .ternary(Lane.STANDARDIZE, out, mean, factor, out);
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      return Normalization.second(saved, grads, wanted, axis, epsilon, true);
    }
  }
}
