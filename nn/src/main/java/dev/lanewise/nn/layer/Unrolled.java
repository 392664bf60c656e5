package dev.lanewise.nn.layer;

import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Stack;

/** A recurrence one step after the other, for cells that no operator computes as a whole. */
final class Unrolled {
  /** What a step computes. */
  @FunctionalInterface
  interface Cell {
    /**
     * The next states, the one that is the output first.
     *
     * @param x what the sequences hold in the step's place, {@code [n, k]}
     */
    Tensor[] next(Tensor x, Tensor[] states);
  }

  private Unrolled() {}

  /**
   * All outputs {@code [n, t, units]}, each in the place of its input, and the last states.
   *
   * @param x the sequences {@code [n, t, k]}
   */
  static Tensor[] run(Tensor x, boolean backwards, Cell cell, Tensor... initial) {
    int steps = Math.toIntExact(x.extent(1));
    Tensor[] outputs = new Tensor[steps];
    Tensor[] states = initial;
    for (int step = 0; step < steps; step++) {
      int place = backwards ? steps - 1 - step : step;
      Tensor here = x.slice(1, place, place + 1).reshape(x.extent(0), x.extent(2));
      states = cell.next(here, states);
      outputs[place] = states[0];
    }
    Tensor[] all = new Tensor[1 + states.length];
    all[0] = new Stack(1).apply(outputs);
    System.arraycopy(states, 0, all, 1, states.length);
    return all;
  }
}
