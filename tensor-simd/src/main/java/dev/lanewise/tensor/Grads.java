package dev.lanewise.tensor;

/** Gradients by position; a null stands for one that does not exist or is not wanted. */
public final class Grads {
  private static final Grads NONE = new Grads();

  private final Tensor[] grads;

  private Grads(Tensor... grads) {
    this.grads = grads;
  }

  /** These gradients, nulls allowed. */
  public static Grads of(Tensor... grads) {
    return new Grads(grads.clone());
  }

  /** No gradient for any input. */
  public static Grads none() {
    return NONE;
  }

  /** Gradient {@code i}, or null. */
  public Tensor at(int i) {
    return i < grads.length ? grads[i] : null;
  }
}
