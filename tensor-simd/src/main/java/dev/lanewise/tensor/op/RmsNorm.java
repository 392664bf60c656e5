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
    return new Normalization.Rows(operands, axis, epsilon, 1, 0) {
      private final TernaryKernel product = kernels.ternary(Lane.PRODUCT, element);

      @Override
      void block(long from, long count, long factor) {
        long x = at(0) + from;
        long out = at(2) + from;
        factors(memory[0], x, memory[2], out, factor, count);
        for (long i = 0; i < count; i++) {
          product.run(
              memory[0],
              x + i * rowBytes,
              width,
              scratch,
              factor + i * width,
              0,
              memory[1],
              at(1),
              width,
              memory[2],
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
      return new Normalization.Rows(operands, axis, epsilon, 2, 2) {
        private final TernaryKernel subtract = kernels.ternary(Lane.SUBTRACT_PRODUCT, element);
        private final ZipKernel mul = kernels.zip(Lane.MUL, element);

        @Override
        void block(long from, long count, long factor) {
          long parallel = factor + bufferBytes;
          long normalised = parallel + bufferBytes;
          long x = at(0) + from;
          long out = at(3) + from;
          factors(memory[0], x, memory[3], out, factor, count);
          withBuffer(mul, memory[0], x, factor, scratch, normalised, count);
          withRow(mul, memory[2], at(2) + from, 1, memory[3], out, count);
          orthogonal(mul, subtract, normalised, normalised + blockBytes, parallel, out, count);
          withBuffer(mul, memory[3], out, factor, memory[3], out, count);
        }
      };
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
