package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.ViewOp;
import dev.lanewise.tensor.Wanted;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The axes in another order, as a view. Input: any type and shape. Output: axis {@code i} is the
 * input's axis {@code axes[i]}.
 *
 * @param axes every axis once
 */
public record Permute(List<Integer> axes) implements ViewOp {
  /**
   * The permutation to these axes; negative ones count from the end.
   *
   * @throws IllegalArgumentException if an axis is missing, out of range or named twice
   */
  public static Permute of(int... axes) {
    int[] order = new int[axes.length];
    boolean[] named = new boolean[axes.length];
    for (int i = 0; i < axes.length; i++) {
      int axis = axes[i] < 0 ? axes[i] + axes.length : axes[i];
      if (axis < 0 || axis >= axes.length || named[axis]) {
        throw new IllegalArgumentException(
            "permute: not a permutation of "
                + axes.length
                + " axes: "
                + java.util.Arrays.toString(axes));
      }
      named[axis] = true;
      order[i] = axis;
    }
    return new Permute(IntStream.of(order).boxed().toList());
  }

  /**
   * The last two of this many axes exchanged.
   *
   * @throws IllegalArgumentException if there are fewer than two
   */
  public static Permute lastTwo(int rank) {
    if (rank < 2) {
      throw new IllegalArgumentException("permute: no last two axes in rank " + rank);
    }
    int[] axes = IntStream.range(0, rank).toArray();
    axes[rank - 2] = rank - 1;
    axes[rank - 1] = rank - 2;
    return of(axes);
  }

  /** The permutation that undoes this one. */
  public Permute inverse() {
    int[] inverse = new int[axes.size()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[axes.get(i)] = i;
    }
    return of(inverse);
  }

  @Override
  public Specs infer(Specs in) {
    in.requireCount(name(), 1);
    if (in.shape(0).rank() != axes.size()) {
      throw in.error(name(), axes.size() + " axes " + axes + " for rank " + in.shape(0).rank());
    }
    return Specs.of(Spec.of(in.first().dtype(), view(in.first().layout()).shape()));
  }

  @Override
  public Layout view(Layout in) {
    return in.permute(axes.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public Step prepare(Operands operands) {
    return Copies.ofPart(operands.input(0), view(operands.input(0).layout()), operands.output(0));
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(inverse().apply(grads.at(0)));
  }
}
