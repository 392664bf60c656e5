package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Reduction;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Wanted;
import java.util.List;

/**
 * The greatest element along axes, NaN where one of them is. Input: any shape with elements along
 * the axes. Output: the shape without the axes, or with ones for them.
 *
 * <p>The gradient goes to the places that equal the result, in equal shares.
 *
 * @param axes the axes, from the end where negative; all if there are none
 * @param keepExtents whether the axes stay, with extent one
 */
public record Max(List<Integer> axes, boolean keepExtents) implements Op {
  /** The greatest element along these axes, or of all where none is given. */
  public static Max over(int[] axes, boolean keepExtents) {
    return new Max(Fold.axes(axes), keepExtents);
  }

  @Override
  public Specs infer(Specs in) {
    return Fold.inferNotEmpty(name(), in, axes, keepExtents);
  }

  @Override
  public Step prepare(Operands operands) {
    Shape shape = operands.input(0).shape();
    return Fold.of(Reduction.MAX, operands, Fold.reduced(name(), shape, axes));
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    boolean[] reduced = Fold.reduced(name(), saved.inputSpec(0).shape(), axes);
    return Grads.of(Ties.share(saved.input(0), saved.output(0), grads.at(0), reduced));
  }
}
