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
 * {@code x / sqrt(mean(x^2) + epsilon) * gamma}, the mean over the axes from {@code axis} on (Zhang
 * and Sennrich 2019). Inputs: x of any shape, gamma of its last axes. Output: of the shape of x. It
 * is ONNX's {@code RMSNormalization}.
 *
 * @param axis the first of the normalised axes, from the end where negative
 * @param epsilon keeps the root from zero
 */
public record RmsNorm(int axis, double epsilon) implements Op {
  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 2);
    return Normalization.infer(name(), in, axis, 1);
  }

  @Override
  public Step prepare(Operands operands) {
    RowWalk walk = new RowWalk(operands, axis, 1, 0);
    RowWalk.Place x = walk.rows(0);
    RowWalk.Place factor = walk.buffer(0);
    RowWalk.Place out = walk.output();
    return walk.map(Lane.SQUARE, x, out)
        .inverseRoot(out, factor, epsilon)
        .ternary(Lane.PRODUCT, x, factor, walk.row(1), out);
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor x = saved.input(0);
    Tensor gamma = saved.input(1);
    Tensor grad = grads.at(0);
    Tensor toGamma = null;
    if (wanted.input(1)) {
      toGamma = grad.mul(apply(x, x.scope().full(x.dtype(), gamma.shape(), 1)));
    }
    return Grads.of(
        wanted.input(0) ? new Grad(axis, epsilon).apply(x, gamma, grad) : null, toGamma);
  }

  /**
   * {@code r (g - n mean(g n))}, where {@code g = grad gamma}, {@code r = 1 / sqrt(mean(x^2) +
   * epsilon)} and {@code n = x r}. Inputs: x, gamma, grad.
   */
  public record Grad(int axis, double epsilon) implements Op {
    @Override
    public Specs infer(Specs in) {
      in.requireCount(name(), 3);
      return Normalization.infer(name(), in, axis, 1);
    }

    @Override
    public Step prepare(Operands operands) {
      RowWalk walk = new RowWalk(operands, axis, 2, 2);
      RowWalk.Place x = walk.rows(0);
      RowWalk.Place factor = walk.buffer(0);
      RowWalk.Place normalised = walk.block(0);
      RowWalk.Place out = walk.output();
      walk.map(Lane.SQUARE, x, out)
          .inverseRoot(out, factor, epsilon)
          .zip(Lane.MUL, x, factor, normalised)
          .zip(Lane.MUL, walk.rows(2), walk.row(1), out);
      return Normalization.orthogonal(walk, normalised, walk.block(1), walk.buffer(1))
          .zip(Lane.MUL, out, factor, out);
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      return Normalization.second(saved, grads, wanted, axis, epsilon, false);
    }
  }
}
