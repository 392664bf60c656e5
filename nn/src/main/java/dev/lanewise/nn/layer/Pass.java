package dev.lanewise.nn.layer;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What the layers of one pass through a network share: whether it trains, and its random numbers.
 *
 * <p>A training pass is good for one call: its layers draw their streams one after the other.
 */
public final class Pass {
  private final Philox stream;
  private final Tap tap;
  private long draws;
  private String layer;

  private Pass(Philox stream, Tap tap) {
    this.stream = stream;
    this.tap = tap;
  }

  /** A pass that predicts: nothing is random. */
  public static Pass inference() {
    return new Pass(null, null);
  }

  /** A pass that trains, with random numbers of this stream, one of its own for each step. */
  public static Pass training(Philox stream) {
    return new Pass(stream, null);
  }

  /** A new pass of this kind whose layers' outputs go through {@code other}. */
  public Pass tapped(Tap other) {
    return new Pass(stream, other);
  }

  /** Whether layers' outputs go through a tap. */
  public boolean isTapped() {
    return tap != null;
  }

  /**
   * Notes which layer computes from now on: its name behind that of the network it is nested in.
   *
   * @return the layer before, for {@link #leave}
   */
  public String enter(String name) {
    String outer = layer;
    layer = outer == null ? name : outer + "." + name;
    return outer;
  }

  /** Goes back to the layer that {@link #enter} returned. */
  public void leave(String outer) {
    layer = outer;
  }

  /** The layer that computes, after {@link #enter}; null outside of all. */
  public String layer() {
    return layer;
  }

  /**
   * What the layers behind the one that has computed these outputs get.
   *
   * @throws IllegalArgumentException if a tap has put something of another type or shape in place
   */
  public List<Masked> through(List<Masked> outputs) {
    if (tap == null) {
      return outputs;
    }
    List<Masked> all = new ArrayList<>(outputs.size());
    for (int i = 0; i < outputs.size(); i++) {
      Tensor value = outputs.get(i).values();
      Tensor other = tap.on(layer, i, value);
      if (!other.dtype().equals(value.dtype()) || !other.shape().equals(value.shape())) {
        throw new IllegalArgumentException(
            "tap: output %d of layer '%s' replaced by one of another type or shape: %s x %s"
                .formatted(i, layer, value.spec(), other.spec()));
      }
      all.add(outputs.get(i).with(other));
    }
    return all;
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
