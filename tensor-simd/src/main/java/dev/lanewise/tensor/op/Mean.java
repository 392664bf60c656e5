package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
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
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The mean along axes: their sum over their number of elements, NaN where there are none. Input:
 * any shape. Output: the shape without the axes, or with ones for them.
 *
 * @param axes the axes, from the end where negative; all if there are none
 * @param keepExtents whether the axes stay, with extent one
 */
public record Mean(List<Integer> axes, boolean keepExtents) implements Op {
  /** The mean over these axes, or over all where none is given. */
  public static Mean over(int[] axes, boolean keepExtents) {
    return new Mean(Fold.axes(axes), keepExtents);
  }

  @Override
  public Specs infer(Specs in) {
    return Fold.infer(name(), in, axes, keepExtents);
  }

  @Override
  public Step prepare(Operands operands) {
    return of(operands, operands.input(0), operands.output(0), axes);
  }

  /** The mean of {@code x} along the axes into {@code out}, which lies in memory without gaps. */
  static Step of(Operands operands, Tensor x, Tensor out, List<Integer> axes) {
    boolean[] reduced = Fold.reduced("mean", x.shape(), axes);
    Step sum = Fold.of(Reduction.SUM, operands, x, out, reduced);
    MapKernel divided = operands.engine().kernels().map(Lane.OVER, x.dtype().element());
    MemorySegment memory = out.memory();
    long at = out.at();
    long size = out.size();
    int width = out.dtype().bytes();
    double count = Fold.count(x.shape(), reduced);
    return () -> {
      sum.run();
      divided.run(memory, at, width, memory, at, width, size, count, 0);
    };
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    Shape shape = saved.inputSpec(0).shape();
    boolean[] reduced = Fold.reduced(name(), shape, axes);
    Tensor share = grads.at(0).div((double) Fold.count(shape, reduced));
    return Grads.of(new Expand(shape).apply(Fold.restored(share, shape, reduced)));
  }
}
