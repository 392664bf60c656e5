package dev.lanewise.tensor.op;

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
import java.lang.foreign.MemorySegment;

/**
 * A one at each index among zeros. Input: indices of i32 or i64 and any shape, negative ones
 * counting from the end. Output: the shape with {@code depth} as a last extent. It has no gradient.
 *
 * <p>Running it throws an {@link IllegalArgumentException} that names the first index out of range.
 *
 * @param dtype f32 or f64, the output's type
 * @param depth number of places for each index
 */
public record OneHot(DType dtype, long depth) implements Op {
  /**
   * Ones of this type and depth.
   *
   * @throws IllegalArgumentException if the type is not f32 or f64 or the depth is negative
   */
  public OneHot {
    if (!dtype.isFloating() || depth < 0) {
      throw new IllegalArgumentException(
          "oneHot: f32 or f64 and a depth from 0 up expected: " + dtype + " and " + depth);
    }
  }

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 1);
    Indices.require(name(), in, 0);
    long[] extents = java.util.Arrays.copyOf(in.shape(0).extents(), in.shape(0).rank() + 1);
    extents[extents.length - 1] = depth;
    return Specs.of(dtype, Shape.of(extents));
  }

  @Override
  public Step prepare(Operands operands) {
    Indices indices = Indices.of(name(), operands, 0, depth);
    Tensor out = operands.output(0);
    Step clear = Copies.zeros(out);
    MemorySegment memory = out.memory();
    long at = out.at();
    int width = dtype.bytes();
    return () -> {
      indices.load();
      clear.run();
      for (long i = 0; i < indices.count(); i++) {
        Cell.set(memory, at + (i * depth + indices.at(i)) * width, width, 1);
      }
    };
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.none();
  }
}
