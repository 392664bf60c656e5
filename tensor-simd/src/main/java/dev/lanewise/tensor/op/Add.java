package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Wanted;

/**
 * {@code x + y}, element by element. Inputs: two shapes that broadcast. Output: their broadcast.
 */
public record Add() implements LaneOp {
  @Override
  public Lane lane() {
    return Lane.ADD;
  }

  @Override
  public Keeps keeps() {
    return Keeps.nothing();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(grads.at(0), grads.at(0));
  }
}
