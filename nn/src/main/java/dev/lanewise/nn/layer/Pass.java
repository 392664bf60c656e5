package dev.lanewise.nn.layer;

import dev.lanewise.kernel.Philox;

/**
 * What the layers of one pass through a network share: whether it trains, and its random numbers.
 *
 * <p>A training pass is good for one call: its layers draw their streams one after the other.
 */
public final class Pass {
  private final Philox stream;
  private long draws;

  private Pass(Philox stream) {
    this.stream = stream;
  }

  /** A pass that predicts: nothing is random. */
  public static Pass inference() {
    return new Pass(null);
  }

  /** A pass that trains, with random numbers of this stream, one of its own for each step. */
  public static Pass training(Philox stream) {
    return new Pass(stream);
  }

  /** Whether layers behave as in training. */
  public boolean isTraining() {
    return stream != null;
  }

  /**
   * The random stream of the layer that asks; each call gives another.
   *
   * @throws IllegalStateException if this pass does not train
   */
  public Philox random() {
    if (stream == null) {
      throw new IllegalStateException("pass: no random numbers outside training");
    }
    return stream.substream(draws++);
  }
}
