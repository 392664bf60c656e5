package dev.lanewise.tensor.op;

import dev.lanewise.kernel.ArgMaxLoop;
import dev.lanewise.kernel.Element;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;
import java.util.List;

/**
 * The index of the first greatest element along an axis, as i64; NaN counts as greatest. Input: any
 * shape of f32 or f64 with elements along the axis. Output: the shape without the axis, or with one
 * for it. It has no gradient.
 *
 * @param axis the axis, from the end where negative
 * @param keepExtents whether the axis stays, with extent one
 */
public record ArgMax(int axis, boolean keepExtents) implements Op {
  @Override
  public Specs infer(Specs in) {
    Specs greatest = Fold.inferNotEmpty(name(), in, List.of(axis), keepExtents);
    return Specs.of(DType.I64, greatest.shape(0));
  }

  @Override
  public Step prepare(Operands operands) {
    Tensor x = operands.input(0);
    Element element = x.dtype().element();
    return new Lines(operands, x.shape().axis(name(), axis), 0, x, operands.output(0)) {
      @Override
      void block(long line, long at0, long at1, long at2, long buffer, long lines) {
        ArgMaxLoop.run(
            element,
            memory[0],
            at0,
            lineStride[0],
            axisStride[0],
            memory[1],
            at1,
            lineStride[1],
            lines,
            extent);
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
