package dev.lanewise.tensor;

/** Which inputs of an operator need a gradient. Immutable. */
public final class Wanted {
  private final boolean[] inputs;

  private Wanted(boolean[] inputs) {
    this.inputs = inputs;
  }

  /** One answer per input. */
  public static Wanted of(boolean... inputs) {
    return new Wanted(inputs.clone());
  }

  /** Whether input {@code i} is there and needs a gradient. */
  public boolean input(int i) {
    return i < inputs.length && inputs[i];
  }
}
