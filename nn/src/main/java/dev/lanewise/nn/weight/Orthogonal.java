package dev.lanewise.nn.weight;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/**
 * A random matrix whose rows or columns, whichever are fewer, are orthogonal and of length {@code
 * gain}, so that products with it keep lengths (Saxe et al. 2014; Keras' {@code Orthogonal}). Axes
 * before the last one count as rows.
 *
 * <p>It is the Q of the QR decomposition of a normal matrix, with a positive diagonal of R, which
 * is uniform among all such matrices.
 *
 * @param gain the length
 */
public record Orthogonal(double gain) implements Initializer {
  /** Vectors that products take out of a block before it is orthogonalised one by one. */
  private static final int BLOCK = 32;

  /** One pass leaves errors where vectors were nearly parallel; a second one none. */
  private static final int PASSES = 2;

  @Override
  public void fill(Tensor target, Philox stream) {
    Shape shape = target.shape();
    if (shape.rank() < 2) {
      throw new IllegalArgumentException("orthogonal: two axes or more expected: " + shape);
    }
    if (shape.size() == 0) {
      return;
    }
    long columns = shape.extent(-1);
    long rows = shape.size() / columns;
    long count = Math.min(rows, columns);
    try (Scope scratch = target.scope().child("initializer")) {
      Shape vectors = Shape.of(count, Math.max(rows, columns));
      Tensor values = scratch.normal(DType.F64, vectors, stream);
      for (long from = 0; from < count; from += BLOCK) {
        try (Scope step = scratch.child("block")) {
          orthogonalize(values.in(step), from, Math.min(count, from + BLOCK));
        }
      }
      Tensor matrix = rows <= columns ? values : values.transpose();
      matrix.mul(gain).cast(target.dtype()).reshape(shape).copyInto(target);
    }
  }

  /** Makes some vectors orthogonal to those before and to each other, and of length one. */
  private static void orthogonalize(Tensor values, long from, long to) {
    Tensor before = values.slice(0, 0, from);
    Tensor block = values.slice(0, from, to);
    for (int pass = 0; pass < PASSES && from > 0; pass++) {
      Tensor shares = block.matmul(before.transpose());
      block.sub(shares.matmul(before)).copyInto(block);
    }
    int length = Math.toIntExact(values.extent(1));
    double[] all = block.toDoubles();
    for (int at = 0; at < all.length; at += length) {
      for (int pass = 0; pass < PASSES; pass++) {
        for (int other = 0; other < at; other += length) {
          subtract(all, at, other, length, dot(all, at, other, length));
        }
      }
      double norm = Math.sqrt(dot(all, at, at, length));
      for (int i = at; i < at + length; i++) {
        all[i] /= norm;
      }
    }
    block.copyFrom(all);
  }

  private static double dot(double[] all, int x, int y, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += all[x + i] * all[y + i];
    }
    return sum;
  }

  private static void subtract(double[] all, int x, int y, int length, double share) {
    for (int i = 0; i < length; i++) {
      all[x + i] -= share * all[y + i];
    }
  }
}
