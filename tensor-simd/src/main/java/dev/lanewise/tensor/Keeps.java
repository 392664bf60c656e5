package dev.lanewise.tensor;

/**
 * Which values of a forward pass an operator's backward reads.
 *
 * @param inputMask bit {@code i} for input {@code i}
 * @param outputMask bit {@code i} for output {@code i}
 */
public record Keeps(long inputMask, long outputMask) {
  private static final Keeps NOTHING = new Keeps(0, 0);
  private static final Keeps INPUTS = new Keeps(-1, 0);
  private static final Keeps OUTPUTS = new Keeps(0, -1);
  private static final Keeps ALL = new Keeps(-1, -1);

  /** Shapes only. */
  public static Keeps nothing() {
    return NOTHING;
  }

  /** All inputs. */
  public static Keeps inputs() {
    return INPUTS;
  }

  /** All outputs, hidden ones included. */
  public static Keeps outputs() {
    return OUTPUTS;
  }

  /** All inputs and outputs. */
  public static Keeps inputsAndOutputs() {
    return ALL;
  }

  boolean input(int i) {
    return (inputMask >>> i & 1) != 0;
  }

  boolean output(int i) {
    return (outputMask >>> i & 1) != 0;
  }
}
