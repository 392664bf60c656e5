package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Reduction;
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
import java.util.Arrays;
import java.util.List;

/**
 * The product along axes; one where there are no elements. Input: any shape. Output: the shape
 * without the axes, or with ones for them.
 *
 * <p>The gradient of an element is the product of all the others, computed without division, so it
 * is right where elements are zero.
 *
 * @param axes the axes, from the end where negative; all if there are none
 * @param keepExtents whether the axes stay, with extent one
 */
public record Prod(List<Integer> axes, boolean keepExtents) implements Op {
  /** The product over these axes, or over all where none is given. */
  public static Prod over(int[] axes, boolean keepExtents) {
    return new Prod(Fold.axes(axes), keepExtents);
  }

  @Override
  public Specs infer(Specs in) {
    return Fold.infer(name(), in, axes, keepExtents);
  }

  @Override
  public Step prepare(Operands operands) {
    Shape shape = operands.input(0).shape();
    return Fold.of(Reduction.PROD, operands, Fold.reduced(name(), shape, axes));
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Tensor x = saved.input(0);
    boolean[] reduced = Fold.reduced(name(), x.shape(), axes);
    int rank = reduced.length;
    int[] order = new int[rank];
    int kept = 0;
    int last = rank;
    for (int axis = rank - 1; axis >= 0; axis--) {
      if (reduced[axis]) {
        order[--last] = axis;
      }
    }
    for (int axis = 0; axis < rank; axis++) {
      if (!reduced[axis]) {
        order[kept++] = axis;
      }
    }
    Tensor permuted = x.permute(order);
    long[] extents = Arrays.copyOf(permuted.shape().extents(), kept + 1);
    extents[kept] = Fold.count(x.shape(), reduced);
    Tensor flat = permuted.reshape(Shape.of(extents));
    Tensor others = before(flat).mul(reversed(before(reversed(flat))));
    extents[kept] = 1;
    Tensor grad = others.mul(grads.at(0).reshape(Shape.of(extents)));
    return Grads.of(Permute.of(order).inverse().apply(grad.reshape(permuted.shape())));
  }

  private static Tensor reversed(Tensor x) {
    return Slice.reversed(-1).apply(x);
  }

  /**
   * Along the last axis the product of all elements before each, in a logarithmic number of steps.
   */
  private static Tensor before(Tensor x) {
    long extent = x.extent(-1);
    Tensor products = shifted(x, 1);
    for (long distance = 1; distance < extent; distance *= 2) {
      products = products.mul(shifted(products, distance));
    }
    return products;
  }

  /** The elements moved up along the last axis, ones in the places left. */
  private static Tensor shifted(Tensor x, long distance) {
    long ones = Math.min(distance, x.extent(-1));
    return Pad.along(x.rank(), -1, ones, 0, 1).apply(x.slice(-1, 0, x.extent(-1) - ones));
  }
}
