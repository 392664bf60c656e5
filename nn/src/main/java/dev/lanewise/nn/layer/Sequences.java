package dev.lanewise.nn.layer;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Dropout;
import dev.lanewise.tensor.op.Slice;
import java.util.function.Function;

/** What layers over sequences {@code [t, in]} share. */
final class Sequences {
  private Sequences() {}

  /** Checks what every recurrent layer has. */
  static void check(String layer, long units, double dropout) {
    if (units < 1) {
      throw new IllegalArgumentException(layer + ": at least one unit, not " + units);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(layer + ": a dropout from 0 below 1, not " + dropout);
    }
  }

  /** Checks that there are steps. */
  static void requireSequences(String layer, Shape input) {
    if (input.rank() != 2 || input.extent(0) == 0) {
      throw new IllegalArgumentException(
          layer + ": sequences [t, in] of one step or more expected: input " + input);
    }
  }

  /**
   * The block of a recurrent layer.
   *
   * @param outputs takes sequences {@code [n, t, in]} to all states, each in the place of its
   *     input, and to the last one
   */
  static Block block(
      RecurrentLayer layer,
      Shape input,
      boolean inOrder,
      double dropout,
      Function<Tensor, Tensor[]> outputs) {
    boolean all = layer.returnSequences();
    boolean turned = all && layer.goBackwards() && !inOrder;
    return Block.of(
        all ? input.with(1, layer.units()) : Shape.of(layer.units()),
        (x, pass) -> {
          boolean drops = pass.isTraining() && dropout > 0;
          Tensor[] states = outputs.apply(drops ? dropped(x, dropout, pass) : x);
          Tensor y = all ? states[0] : states[1];
          return turned ? Slice.reversed(1).apply(y) : y;
        });
  }

  /** One mask for all steps of a sample. */
  private static Tensor dropped(Tensor x, double rate, Pass pass) {
    Shape mask = x.shape().with(1, 1);
    Tensor ones = x.scope().full(x.dtype(), mask, 1);
    return x.mul(ones.apply(new Dropout(rate, pass.random())));
  }

  /** Zeros that meet {@code x}. */
  static Tensor zeros(Tensor x, long... extents) {
    return x.scope().zeros(x.dtype(), Shape.of(extents));
  }
}
