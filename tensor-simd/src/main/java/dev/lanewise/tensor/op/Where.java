package dev.lanewise.tensor.op;

import dev.lanewise.kernel.WhereLoop;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * {@code condition ? x : y}, element by element. Inputs: a condition of bool, x and y of one type,
 * shapes that broadcast. Output: their broadcast.
 *
 * <p>The gradient goes to the one that was taken.
 */
public record Where() implements Op {
  /** {@code x}, or 0 where {@code condition} holds. */
  static Tensor unless(Tensor condition, Tensor x) {
    return Ops.WHERE.apply(condition, zero(x), x);
  }

  /** {@code x}, or 0 where {@code y} is 0. */
  static Tensor unlessZero(Tensor y, Tensor x) {
    return unless(Ops.EQUAL.apply(y, zero(y)), x);
  }

  /** A zero of the same type in the same scope. */
  static Tensor zero(Tensor like) {
    return like.scope().zeros(like.dtype(), Shape.scalar());
  }

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 3);
    if (!in.first().dtype().equals(DType.BOOL)) {
      throw in.error(name(), "a condition of bool expected, not " + in.first().dtype());
    }
    DType dtype = in.at(1).dtype();
    if (!dtype.equals(in.at(2).dtype())) {
      throw in.error(name(), "element types differ");
    }
    return Specs.of(new Spec(dtype, Elementwise.broadcast(name(), in)));
  }

  @Override
  public Step prepare(Operands operands) {
    int width = operands.output(0).dtype().bytes();
    return new Elementwise.Walk(operands) {
      @Override
      void row(long at0, long at1, long at2, long outAt, long count) {
        WhereLoop.run(
            width,
            memory[0],
            at0,
            innerStride(0),
            memory[1],
            at1,
            innerStride(1),
            memory[2],
            at2,
            innerStride(2),
            memory[3],
            outAt,
            innerStride(3),
            count);
      }
    };
  }

  @Override
  public Keeps keeps() {
    return new Keeps(0b1, 0);
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor condition = saved.input(0);
    Tensor grad = grads.at(0);
    return Grads.of(
        null,
        wanted.input(1) ? Ops.WHERE.apply(condition, grad, zero(grad)) : null,
        wanted.input(2) ? unless(condition, grad) : null);
  }
}
