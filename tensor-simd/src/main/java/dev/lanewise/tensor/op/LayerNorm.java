package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.ZipKernel;
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
    return new Normalization.Rows(operands, axis, epsilon, 2, 0) {
      private final TernaryKernel standardize = kernels.ternary(Lane.STANDARDIZE, element);
      private final TernaryKernel multiplyAdd = kernels.ternary(Lane.MULTIPLY_ADD, element);

      @Override
      void block(long from, long count, long mean) {
        long factor = mean + bufferBytes;
        long x = at(0) + from;
        long out = at(3) + from;
        means(memory[0], x, mean, count);
        centredFactors(memory[0], x, mean, memory[3], out, factor, count);
        standardized(standardize, memory[0], x, mean, factor, memory[3], out, count);
        for (long i = 0; i < count; i++) {
          multiplyAdd.run(
              memory[3],
              out + i * rowBytes,
              width,
              memory[1],
              at(1),
              width,
              memory[2],
              at(2),
              width,
              memory[3],
              out + i * rowBytes,
              width,
              extent,
              0,
              0);
        }
      }
    };
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
      return new Normalization.Rows(operands, axis, epsilon, 3, 2) {
        private final TernaryKernel standardize = kernels.ternary(Lane.STANDARDIZE, element);
        private final TernaryKernel subtract = kernels.ternary(Lane.SUBTRACT_PRODUCT, element);
        private final ZipKernel mul = kernels.zip(Lane.MUL, element);

        @Override
        void block(long from, long count, long mean) {
          long factor = mean + bufferBytes;
          long parallel = factor + bufferBytes;
          long normalised = parallel + bufferBytes;
          long x = at(0) + from;
          long out = at(3) + from;
          means(memory[0], x, mean, count);
          centredFactors(memory[0], x, mean, memory[3], out, factor, count);
          standardized(standardize, memory[0], x, mean, factor, scratch, normalised, count);
          withRow(mul, memory[2], at(2) + from, 1, memory[3], out, count);
          means(memory[3], out, mean, count);
          orthogonal(mul, subtract, normalised, normalised + blockBytes, parallel, out, count);
          standardized(standardize, memory[3], out, mean, factor, memory[3], out, count);
        }
      };
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
