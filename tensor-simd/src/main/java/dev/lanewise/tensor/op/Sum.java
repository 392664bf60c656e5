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
import dev.lanewise.tensor.Wanted;
import java.util.List;

/**
 * The sum along axes; zero where there are no elements. Input: any shape. Output: the shape without
 * the axes, or with ones for them.
 *
 * @param axes the axes, from the end where negative; all if there are none
 * @param keepExtents whether the axes stay, with extent one
 */
public record Sum(List<Integer> axes, boolean keepExtents) implements Op {
  /** The sum over these axes, or over all where none is given. */
  public static Sum over(int[] axes, boolean keepExtents) {
    return new Sum(Fold.axes(axes), keepExtents);
  }

  @Override
  public Specs infer(Specs in) {
    return Fold.infer(name(), in, axes, keepExtents);
  }

  @Override
  public Step prepare(Operands operands) {
    Shape shape = operands.input(0).shape();
    return Fold.of(Reduction.SUM, operands, Fold.reduced(name(), shape, axes));
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Shape shape = saved.inputSpec(0).shape();
    boolean[] reduced = Fold.reduced(name(), shape, axes);
    return Grads.of(new Expand(shape).apply(Fold.restored(grads.at(0), shape, reduced)));
  }
}
