package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * One where {@code x} equals {@code y}, else zero, in the operands' type. Inputs: two shapes that
 * broadcast. Output: their broadcast. Constant wherever it is differentiable.
 */
public record Ties() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.TIES;
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.none();
  }

  /**
   * The gradient of the elements of {@code x} that {@code extreme} was chosen from: an equal share
   * for each that equals it.
   */
  static Tensor share(Tensor x, Tensor extreme, Tensor grad, boolean[] reduced) {
    Shape shape = x.shape();
    int[] axes = new int[reduced.length];
    int count = 0;
    for (int axis = 0; axis < reduced.length; axis++) {
      if (reduced[axis]) {
        axes[count++] = axis;
      }
    }
    Tensor ties = new Ties().apply(x, Fold.restored(extreme, shape, reduced));
    Tensor number = Sum.over(java.util.Arrays.copyOf(axes, count), true).apply(ties);
    return ties.mul(Fold.restored(grad, shape, reduced).div(number));
  }
}
